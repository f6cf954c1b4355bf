import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Humanloop } from '../src/index.ts';

/** The methods of humanloop 0.5.36, by what they are called on. */
const old: Record<string, string> = {
  '': `chat chatDeployed chatExperiment chatModelConfiguration chatStream chatDeployedStream chatExperimentStream
    chatModelConfigurationStream complete completeDeployed completeExperiment completeModelConfiguration completeStream
    completeDeployedStream completeExperimentStream completeModelConfigurationStream feedback log listConfigs
    completeDeployedNoProxy`,
  'chats.': 'create createDeployed createExperiment createModelConfig',
  'completions.': 'create createDeployed createExperiment createModelConfig',
  'datapoints.': 'delete get update',
  'datasets.': 'create createDatapoint delete get listAllForProject listDatapoints update',
  'evaluations.': 'create get listAllForProject listDatapoints logResult updateStatus',
  'evaluators.': 'create delete get list update',
  'experiments.': 'create delete list sample update',
  'finetunes.': 'create listAllForProject summary update',
  'logs.': 'delete list log update updateByRef',
  'modelConfigs.': 'deserialize export get register serialize',
  'projects.': `create createFeedbackType deactivateConfig deactivateExperiment delete deleteDeployedConfig deployConfig
    export get getActiveConfig list listConfigs listDeployedConfigs update updateFeedbackTypes`,
  'sessions.': 'create get list',
};
const names = Object.entries(old).flatMap(([owner, methods]) => methods.split(/\s+/).map((name) => owner + name));

const guide = readFileSync(join(import.meta.dirname, '../docs/from-humanloop-0.5.md'), 'utf8');
const renamed = new Map(Array.from(guide.matchAll(/^\| `([\w.]+)` \| `([\w.]+)` \|$/gm), ([, was, is]) => [was, is]));
const humanloop = new Humanloop({ baseUrl: 'http://127.0.0.1:9', apiKey: 'key' });

function hasMethod(name: string): boolean {
  const [resource = '', method = ''] = name.split('.');
  const methods: unknown = Reflect.get(humanloop, resource);
  return typeof Object(methods)[method] === 'function';
}

describe('the guide for code of humanloop 0.5', () => {
  test('names a method of this client for each that has another name now', () => {
    const missing = names.filter((name) => !hasMethod(renamed.get(name) ?? name));
    expect(missing.filter((name) => !name.startsWith('finetunes.'))).toEqual(['completeDeployedNoProxy']);
  });

  test('lists nothing that has kept its name, or that never was', () => {
    const listed = [...renamed.keys()];
    expect(listed.filter((name) => hasMethod(name ?? ''))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(listed));
  });
});
