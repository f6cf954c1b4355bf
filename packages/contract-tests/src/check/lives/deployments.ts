import type { World } from '../life-cycle.ts';
import { Breach, Skip } from '../prober.ts';
import { expectSame, type Row, type Steps } from '../steps.ts';

/** Deploys one config after the other, and an experiment, and asks each time what is active. */
export async function tryDeployments(steps: Steps, world: World): Promise<void> {
  const { project_id: id, project_name, experiment_id: experimentId, configIds } = world;
  const [first = '', second] = configIds;
  const concerned = ['update', 'getActiveConfig', 'deployConfig', 'listDeployedConfigs', 'deleteDeployedConfig'];
  const ids = [...concerned, 'deactivateConfig', 'deactivateExperiment'].map((name) => `Projects_${name}`);
  if (second === undefined || !steps.wantsAny(...ids)) return;
  const expectActive = async (config: string): Promise<void> => {
    const active = await steps.call('Projects_getActiveConfig', { id });
    expectSame(active['config'] as Row, { id: config }, 'the active config');
  };
  const expectNone = (): Promise<void> => steps.refused('Projects_getActiveConfig', { id }, [404]);

  await steps.prober.attempt('Projects_update', 'deploys a config', async () => {
    await steps.call('Projects_update', { id }, { active_config_id: second });
    await expectActive(second);
  });
  await steps.prober.attempt(
    'Projects_deployConfig',
    'deploys a config in place of another, and takes it back',
    async () => {
      const [environment] = await steps.rows('Projects_listDeployedConfigs', { id });
      if (!environment) throw new Breach('no deployed config is listed, though one is active');
      expectSame(environment, { project_id: id, project_name, model_config_id: second }, 'the environment');
      const environmentId = String(environment['environment_id']);
      const body = { config_id: first, environments: [{ id: environmentId }] };
      const answer = await steps.value('Projects_deployConfig', { project_id: id }, body);
      const own = (answer as Row[]).find((row) => row['environment_id'] === environmentId);
      expectSame(own, { project_id: id, project_name, model_config_id: first }, 'the answer');
      await expectActive(first);
      await steps.value('Projects_deleteDeployedConfig', { project_id: id, environment_id: environmentId });
      await expectNone();
    },
  );
  for (const update of ['Projects_update', 'Projects_deployConfig']) {
    await steps.prober.attempt(update, 'refuses to deploy a config that does not exist', async () => {
      const nothing = 'contract_test_nothing';
      const [path, body] =
        update === 'Projects_update'
          ? [{ id }, { active_config_id: nothing }]
          : [{ project_id: id }, { config_id: nothing }];
      await steps.refused(update, path, [400, 404, 422], body);
    });
  }
  await steps.prober.attempt('Projects_deactivateConfig', 'takes the active config away', async () => {
    await steps.call('Projects_update', { id }, { active_config_id: first });
    await expectActive(first);
    await steps.value('Projects_deactivateConfig', { id });
    await expectNone();
  });
  if (experimentId !== undefined) {
    await steps.prober.attempt('Projects_update', 'refuses to deploy a config and an experiment at once', async () => {
      const both = { active_config_id: first, active_experiment_id: experimentId };
      await steps.refused('Projects_update', { id }, [422], both);
    });
  }
  await steps.prober.attempt('Projects_deactivateExperiment', 'takes the active experiment away', async () => {
    if (experimentId === undefined) throw new Skip('there is no experiment');
    await steps.call('Projects_update', { id }, { active_experiment_id: experimentId });
    const drawn = await steps.call('Projects_getActiveConfig', { id });
    const config = String((drawn['config'] as Row)['id']);
    if (!configIds.includes(config)) throw new Breach(`drew ${config}, which the experiment does not have`);
    await steps.value('Projects_deactivateExperiment', { id });
    await expectNone();
  });
  await steps.prober.attempt('Projects_update', 'deploys a config where there is none', async () => {
    await steps.call('Projects_update', { id }, { active_config_id: first });
    await expectActive(first);
  });
}
