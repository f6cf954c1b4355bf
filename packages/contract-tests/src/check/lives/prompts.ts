import { validRequest } from '../../suite/request.ts';
import type { World } from '../life-cycle.ts';
import { Breach } from '../prober.ts';
import { successStatuses } from '../rules.ts';
import { expectSame, rows, type Row, type Steps } from '../steps.ts';

/** Writes model configs as the text of `.prompt` files, in each media type, and reads them again. */
export async function tryPrompts(steps: Steps, { model_config_id: id }: World): Promise<void> {
  const { prober } = steps;
  const names = ['ModelConfigs_export', 'ModelConfigs_serialize', 'ModelConfigs_deserialize'];
  if (!steps.wantsAny(...names) || !names.every((name) => prober.has(name))) return;
  await prober.attempt('ModelConfigs_serialize', 'writes what can be read again', async () => {
    for (const { value } of prober.operation('ModelConfigs_serialize').body?.content[0]?.examples ?? []) {
      const text = await steps.value('ModelConfigs_serialize', {}, value);
      expectConfig(await steps.call('ModelConfigs_deserialize', {}, { config: text }), value as Row);
    }
  });
  await prober.attempt('ModelConfigs_export', 'writes the config, in the media type that is asked for', async () => {
    const operation = prober.operation('ModelConfigs_export');
    const valid = { ...validRequest(operation), path: { id } };
    const config = await steps.call('ModelConfigs_get', { id });
    const contents = operation.responses.find(({ status }) => status < 300)?.content ?? [];
    for (const { mediaType } of contents) {
      const request = { ...valid, headers: { ...valid.headers, accept: mediaType } };
      const probe = await prober.call(operation, request, successStatuses(operation));
      if (probe.mediaType !== mediaType) throw new Breach(`answered ${probe.mediaType} to Accept: ${mediaType}`);
      expectConfig(await steps.call('ModelConfigs_deserialize', {}, { config: probe.value }), config);
    }
  });
}

/** A file holds the parameters and the template, but no name, no id and no unset parameter. */
function expectConfig(read: Row, config: Row): void {
  const held = ['provider', 'model', 'endpoint', 'temperature', 'max_tokens', 'top_p'].filter(
    (name) => (config[name] ?? null) !== null,
  );
  expectSame(read, Object.fromEntries(held.map((name) => [name, config[name]])), 'the config read again');
  const templates = [config, read].map((one) => [
    brief(one['prompt_template']),
    ...rows(one['chat_template']).map(textOf),
  ]);
  const [wanted, got] = templates.map((parts) => parts.join(' | '));
  if (got !== wanted) throw new Breach(`the template read again is ${got}, not ${wanted}`);
}

function textOf({ role, content }: Row): string {
  return `${brief(role)}: ${brief(content)}`;
}

/** Blanks around a text are lost. */
function brief(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value.trim() : (value ?? ''));
}
