import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../src/document/document.ts';
import { successOf, type Operation } from '../src/document/operations.ts';
import { HonestEvaluations } from './honest-evaluations.ts';
import { readPrompt, writePrompt } from './honest-prompts.ts';

export type Row = Record<string, unknown>;

/** What the server remembers: objects by kind and id, as they are answered. */
export type State = Map<string, Map<string, Row>>;

/** A request that is valid, with a key that is right. */
export interface StoreRequest {
  operation: Operation;
  /** The ids in the path, in its order. */
  ids: string[];
  query: URLSearchParams;
  json: unknown;
}

/** What the server says: a value under the operation's success, or a refusal. */
export type StoreAnswer = { value: unknown } | { refusal: number; detail: string };

/** Who generated a log, beside what a log shows. */
interface Origin {
  experimentId?: string;
  configId?: string;
}

/** The memory of the honest server: what was made is read, what was changed stays changed, what was removed is gone. */
export class HonestStore {
  readonly state: State = new Map();
  readonly #operations: Operation[];
  readonly #origins = new Map<string, Origin>();
  /** What is active in a project. */
  readonly #active = new Map<string, Origin>();
  readonly #evaluations = new HonestEvaluations({
    of: (kind) => this.of(kind),
    newId: (prefix) => this.newId(prefix),
    example: (id) => this.#example(id),
    make: (kind, example, own) => this.#make(kind, example, own),
    log: (body) => this.#log(body),
  });
  #count = 0;

  constructor(operations: Operation[]) {
    this.#operations = operations;
  }

  of(kind: string): Map<string, Row> {
    const known = this.state.get(kind);
    if (known) return known;
    const made = new Map<string, Row>();
    this.state.set(kind, made);
    return made;
  }

  newId(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${String(this.#count).padStart(21, 'x')}`;
  }

  /** The example of an operation's answer. */
  #example(id: string): Row {
    const operation = this.#operations.find((one) => one.id === id);
    return structuredClone((operation && successOf(operation).content[0]?.examples[0]?.value) ?? {}) as Row;
  }

  #now(): string {
    return new Date(Date.UTC(2024, 6, 8) + this.#count * 1_000).toISOString();
  }

  /** @returns null where the document's example is as good an answer as any. */
  answer({ operation, ids, query, json }: StoreRequest): StoreAnswer | null {
    const body = isRecord(json) ? json : {};
    const owner = operation.path.split('/')[1] ?? '';
    const [id = ''] = ids;
    const row = this.of(owner).get(id);
    if (ids.length > 0 && !row) return { refusal: 404, detail: `No ${owner} with the id ${id}.` };
    switch (operation.id) {
      case 'Projects_list':
        return this.#listProjects(operation, query);
      case 'Projects_create': {
        if (this.#projectOf({ project: body['name'] })) return refuse(422, 'A project has this name.');
        return { value: this.#makeProject(String(body['name']), body) };
      }
      case 'Projects_update':
        if (body['active_config_id'] !== undefined && body['active_experiment_id'] !== undefined)
          return refuse(422, 'At most one can be active.');
        if (!this.#isThere(body)) return refuse(404, 'It names something that does not exist.');
        this.#activate(id, body['active_config_id'], body['active_experiment_id']);
        return { value: this.#change(row, body, ['name', 'directory_id']) };
      case 'Projects_createFeedbackType':
      case 'Projects_updateFeedbackTypes': {
        const types = this.#keepFeedbackTypes(row as Row, (Array.isArray(json) ? json : [json]) as Row[]);
        return { value: Array.isArray(json) ? types : types.find(({ type }) => type === body['type']) };
      }
      case 'Projects_export':
        return this.#page(operation, query, this.#logsOf(id));
      case 'Projects_listConfigs':
        return { value: this.#listConfigs(id) };
      case 'Projects_getActiveConfig':
        return this.#draw(this.#active.get(id), id);
      case 'Projects_deactivateConfig':
      case 'Projects_deactivateExperiment': {
        const kind = operation.id === 'Projects_deactivateConfig' ? 'configId' : 'experimentId';
        if (this.#active.get(id)?.[kind] !== undefined) this.#active.delete(id);
        return { value: row };
      }
      case 'Projects_deployConfig':
        if (!this.#isThere(body)) return refuse(404, 'It names something that does not exist.');
        this.#activate(id, body['config_id'], body['experiment_id']);
        return { value: this.#listDeployments(id) };
      case 'Projects_deleteDeployedConfig':
        this.#active.delete(id);
        return null;
      case 'Projects_listDeployedConfigs':
        return { value: this.#listDeployments(id) };
      case 'ModelConfigs_register':
        return { value: this.#register(body) };
      case 'ModelConfigs_export':
        return { value: writePrompt(row as Row) };
      case 'ModelConfigs_serialize':
        return { value: writePrompt(body) };
      case 'ModelConfigs_deserialize': {
        const config = readPrompt(String(body['config']));
        return config
          ? { value: { ...this.#example('ModelConfigs_deserialize'), ...withWholeMessages(config) } }
          : refuse(422, 'This is no .prompt file.');
      }
      case 'Evaluations_create':
        return this.#evaluations.create(id, body);
      case 'Evaluations_get':
        return this.#evaluations.get(row as Row, query.get('evaluator_aggregates') === 'true');
      case 'Evaluations_list':
        return this.#page(operation, query, this.#evaluations.ofProject(query.get('project_id')).toReversed());
      case 'Evaluations_listAllForProject':
        return { value: this.#evaluations.ofProject(id) };
      case 'Evaluations_listDatapoints':
        return this.#page(operation, query, this.#evaluations.records(row as Row));
      case 'Evaluations_log':
        return this.#evaluations.log(row as Row, body);
      case 'Evaluations_result':
        return this.#evaluations.result(row as Row, body);
      case 'Evaluations_updateStatus':
        return this.#evaluations.setStatus(row as Row, body);
      case 'Evaluations_addEvaluators':
        return this.#evaluations.addEvaluators(row as Row, body);
      case 'Experiments_create':
        return { value: this.#makeExperiment(id, body) };
      case 'Experiments_update':
        return { value: this.#changeExperiment(row as Row, body) };
      case 'Experiments_list':
        return { value: [...this.of('experiments').values()].filter((one) => one['project_id'] === id) };
      case 'Experiments_sample':
        return this.#draw({ experimentId: id }, String(row?.['project_id']));
      case 'Feedback_feedback':
        return this.#keepFeedback(json);
      case 'Logs_list':
        return this.#page(operation, query, findLogs(this.#logsOf(String(query.get('project_id'))), query));
      case 'Logs_log': {
        const answers = (Array.isArray(json) ? json : [json]).map((one) => this.#log(one as Row));
        const bad = answers.find((one) => one === null);
        if (bad === null) return refuse(404, 'The log names something that does not exist.');
        return { value: Array.isArray(json) ? answers : answers[0] };
      }
      case 'Logs_update':
        return { value: this.#change(row, body, ['output', 'error', 'duration']) };
      case 'Logs_updateByRef': {
        const log = [...this.of('logs').values()].find((one) => one['reference_id'] === query.get('reference_id'));
        if (!log) return refuse(404, 'No log with this reference.');
        return { value: this.#change(log, body, ['output', 'error', 'duration']) };
      }
      case 'Logs_delete':
        for (const one of query.getAll('id')) this.of('logs').delete(one);
        return { value: undefined };
      case 'Sessions_create':
        return { value: this.#makeSession() };
      case 'Sessions_list':
        return this.#page(operation, query, this.#sessionsOf(String(query.get('project_id'))));
      case 'Datasets_createDatapoint':
        return { value: this.#makeDatapoints(row as Row, json) };
      case 'Datasets_listDatapoints':
        return this.#page(
          operation,
          query,
          [...this.of('datapoints').values()].filter((one) => one['dataset_id'] === id),
        );
      case 'Datasets_list':
        return { value: [...this.of('datasets').values()] };
      case 'Datasets_create':
        return {
          value: this.#make('datasets', 'Datasets_create', {
            ...pick(body, ['name', 'description']),
            datapoint_count: 0,
          }),
        };
      case 'Evaluators_create':
        return { value: this.#make('evaluators', 'Evaluators_create', body) };
      default:
        return this.#byShape(operation, row, id, owner, query, body);
    }
  }

  /** Operations that are like many others: get, change and remove one; list those of a project. */
  #byShape(
    operation: Operation,
    row: Row | undefined,
    id: string,
    owner: string,
    query: URLSearchParams,
    body: Row,
  ): StoreAnswer | null {
    const { method, path } = operation;
    if (path.endsWith('}') && method === 'GET') return { value: row };
    if (path.endsWith('}') && method === 'PATCH') return { value: this.#change(row, body, Object.keys(body)) };
    if (path.endsWith('}') && method === 'DELETE') {
      this.of(owner).delete(id);
      // What belongs to a project goes with it, and the datapoints with a dataset.
      for (const kind of ['experiments', 'logs', 'registered', 'datapoints']) {
        for (const one of this.of(kind).values()) {
          if (one[`${owner.replace(/s$/, '')}_id`] !== id) continue;
          this.of(kind).delete(String(one['id']));
          if (kind === 'registered') this.of('model-configs').delete(String(one['id']));
        }
      }
      const content = successOf(operation).content[0];
      return { value: content?.examples[0]?.value };
    }
    const kind = path.endsWith('/export') ? 'logs' : (path.split('/').at(-1) ?? '');
    const of = [...this.of(kind).values()];
    const project = query.get('project_id') ?? (owner === 'projects' && id !== '' ? id : undefined);
    const listed = of.filter((one) => project === undefined || one['project_id'] === project);
    const example = successOf(operation).content[0]?.examples[0]?.value;
    if (isRecord(example) && 'records' in example) return this.#page(operation, query, listed.toReversed());
    return method === 'GET' && Array.isArray(example) ? { value: listed } : null;
  }

  #page(operation: Operation, query: URLSearchParams, all: Row[]): StoreAnswer {
    const example = (name: string): unknown => operation.parameters.find((one) => one.name === name)?.example;
    const first = Number(example('page') ?? 0);
    const size = Number(query.get('size') ?? example('size') ?? 10);
    const page = Number(query.get('page') ?? first);
    const from = (page - first) * size;
    return { value: { records: all.slice(from, from + size), page, size, total: all.length } };
  }

  #make(kind: string, example: string, own: Row): Row {
    const { id } = this.#example(example);
    const made = { ...this.#example(example), ...own, id: this.newId(String(id).split('_')[0] ?? 'id') };
    const dated = { ...made, ...('created_at' in made ? { created_at: this.#now(), updated_at: this.#now() } : {}) };
    this.of(kind).set(dated.id, dated);
    return dated;
  }

  #change(row: Row | undefined, body: Row, names: string[]): Row | undefined {
    if (row) Object.assign(row, pick(body, names));
    return row;
  }

  #projectOf(body: Row): Row | undefined {
    const all = [...this.of('projects').values()];
    return all.find(
      ({ id, name }) => id === body['project_id'] || (body['project'] !== undefined && name === body['project']),
    );
  }

  #makeProject(name: string, body: Row = {}): Row {
    const own = { name, active_config: null, active_experiment: null, data_count: 0 };
    return this.#make('projects', 'Projects_get', { ...own, ...pick(body, ['directory_id']) });
  }

  #listProjects(operation: Operation, query: URLSearchParams): StoreAnswer {
    const by = query.get('sort_by') ?? 'created_at';
    const filter = (query.get('filter') ?? '').toLowerCase();
    const rows = [...this.of('projects').values()]
      .filter(({ name }) => String(name).toLowerCase().includes(filter))
      .toSorted((a, b) => (String(a[by]) < String(b[by]) ? -1 : 1));
    return this.#page(operation, query, query.get('order') === 'asc' ? rows : rows.toReversed());
  }

  #register(body: Row): Row {
    const project = this.#projectOf(body) ?? this.#makeProject(textOf(body['project']) ?? 'unnamed');
    const { project: _, project_id: __, experiment: ___, ...parameters } = body;
    const known = [...this.of('registered').values()].find(
      (one) => one['project_id'] === project['id'] && isDeepStrictEqual(one['parameters'], parameters),
    );
    const id = textOf(known?.['id']) ?? this.newId('config');
    const example = this.#example('ModelConfigs_register')['config'] as Row;
    const config: Row = {
      ...example,
      ...pick(parameters, Object.keys(example)),
      tools: [],
      id,
      ...withWholeMessages(parameters),
    };
    this.of('model-configs').set(id, config);
    this.of('registered').set(id, { id, project_id: project['id'], parameters });
    if (!this.#active.has(String(project['id']))) this.#activate(String(project['id']), id, undefined);
    return this.#projectConfig(String(project['id']), config);
  }

  #projectConfig(projectId: string, config: Row): Row {
    const project = this.of('projects').get(projectId);
    const more = { project_id: projectId, project_name: project?.['name'] ?? '', experiment_id: null };
    return { ...this.#example('ModelConfigs_register'), ...more, config };
  }

  #listConfigs(projectId: string): Row[] {
    return [...this.of('registered').values()]
      .filter((one) => one['project_id'] === projectId)
      .map(({ id }) => this.#projectConfig(projectId, this.of('model-configs').get(String(id)) as Row));
  }

  #activate(projectId: string, config_id: unknown, experiment_id: unknown): void {
    const [configId, experimentId] = [textOf(config_id), textOf(experiment_id)];
    if (configId === undefined && experimentId === undefined) return;
    const origin: Origin = {
      ...(configId === undefined ? {} : { configId }),
      ...(experimentId === undefined ? {} : { experimentId }),
    };
    this.#active.set(projectId, origin);
    const config = this.of('model-configs').get(origin.configId ?? '');
    const project = this.of('projects').get(projectId);
    if (project) project['active_config'] = config ? this.#projectConfig(projectId, config) : null;
  }

  /** Whether there is what is to be deployed. */
  #isThere(body: Row): boolean {
    const configId = textOf(body['active_config_id'] ?? body['config_id']);
    const experimentId = textOf(body['active_experiment_id'] ?? body['experiment_id']);
    return (
      (configId === undefined || this.of('model-configs').has(configId)) &&
      (experimentId === undefined || this.of('experiments').has(experimentId))
    );
  }

  #listDeployments(projectId: string): Row[] {
    const active = this.#active.get(projectId);
    if (!active) return [];
    const [example] = this.#example('Projects_deployConfig') as unknown as Row[];
    const names = { project_id: projectId, project_name: this.of('projects').get(projectId)?.['name'] };
    const ids = { model_config_id: active.configId ?? null, experiment_id: active.experimentId ?? null };
    const isListed = active.configId !== undefined;
    return [{ ...example, ...names, ...ids, ...(isListed ? {} : { model_config_name: null }) }];
  }

  #configsOf(experimentId: unknown): Row[] {
    const configs = this.of('experiments').get(String(experimentId))?.['configs'];
    return ((configs ?? []) as Row[]).filter(({ active }) => active === true);
  }

  /** A config that is deployed, or that an experiment draws. */
  #draw(origin: Origin | undefined, projectId: string): StoreAnswer {
    const drawn = this.#configsOf(origin?.experimentId);
    const configId = origin?.configId ?? drawn[this.#count % Math.max(1, drawn.length)]?.['id'];
    const config = this.of('model-configs').get(String(configId));
    if (!origin || !config) return refuse(404, 'Nothing is deployed.');
    const isTrial = origin.experimentId !== undefined;
    const trial = isTrial ? this.newId('trial') : null;
    if (trial !== null) this.#origins.set(trial, { ...origin, configId: String(configId) });
    return {
      value: {
        ...this.#example('Experiments_sample'),
        ...this.#projectConfig(projectId, config),
        experiment_id: origin.experimentId ?? null,
        trial_id: trial,
      },
    };
  }

  #experimentConfig(id: unknown): Row {
    const [example] = (this.#example('Experiments_create')['configs'] ?? []) as Row[];
    const config = this.of('model-configs').get(String(id)) ?? (example?.['config'] as Row);
    return { ...example, id, config, active: true, trials_count: 0, mean: null, spread: null };
  }

  #makeExperiment(projectId: string, body: Row): Row {
    const configs = ((body['config_ids'] ?? []) as unknown[]).map((id) => this.#experimentConfig(id));
    const own = { ...pick(body, ['name', 'positive_labels']), project_id: projectId, configs };
    const made = this.#make('experiments', 'Experiments_create', own);
    if (body['set_active'] === true) this.#activate(projectId, undefined, made['id']);
    return made;
  }

  #changeExperiment(row: Row, body: Row): Row {
    Object.assign(row, pick(body, ['name', 'positive_labels']));
    const configs = row['configs'] as Row[];
    for (const config of configs) {
      if ((body['config_ids_to_deregister'] as unknown[] | undefined)?.includes(config['id'])) config['active'] = false;
    }
    for (const id of (body['config_ids_to_register'] as unknown[] | undefined) ?? []) {
      const known = configs.find((config) => config['id'] === id);
      if (known) known['active'] = true;
      else configs.push(this.#experimentConfig(id));
    }
    return row;
  }

  #keepFeedback(json: unknown): StoreAnswer {
    const kept: Row[] = [];
    const given = (Array.isArray(json) ? json : [json]) as Row[];
    if (given.some((one) => one['data_id'] === undefined)) return refuse(422, 'No log is named.');
    if (given.some((one) => !this.of('logs').has(String(one['data_id'])))) return refuse(404, 'No such log.');
    for (const one of given) {
      const log = this.of('logs').get(String(one['data_id'])) as Row;
      const all = (log['feedback'] ?? []) as Row[];
      const others = all.filter((other) => other['type'] !== one['type'] || other['user'] !== (one['user'] ?? null));
      const { unset, ...rest } = one;
      const known = all.find((other) => other['type'] === one['type']);
      const row =
        unset === true
          ? (known ?? { value: '', ...rest, id: this.newId('ann') })
          : { user: null, created_at: this.#now(), ...rest, id: this.newId('ann') };
      log['feedback'] = unset === true ? others : [...others, row];
      kept.push(row);
    }
    for (const experiment of this.of('experiments').values()) this.#measure(experiment);
    return { value: Array.isArray(json) ? kept : kept[0] };
  }

  /** Counts the logs with feedback of each config, and the share of them that is good. */
  #measure(experiment: Row): void {
    const good = experiment['positive_labels'] as Row[];
    for (const config of experiment['configs'] as Row[]) {
      const feedback = [...this.of('logs').values()]
        .filter(({ id }) => {
          const origin = this.#origins.get(String(id));
          return origin?.experimentId === experiment['id'] && origin?.configId === config['id'];
        })
        .map((log) => (log['feedback'] ?? []) as Row[])
        .filter((list) => list.length > 0);
      const isGood = (list: Row[]): boolean =>
        list.some(({ type, value }) => good.some((label) => label['type'] === type && label['value'] === value));
      config['trials_count'] = feedback.length;
      config['mean'] = feedback.length === 0 ? null : feedback.filter(isGood).length / feedback.length;
    }
  }

  #log(body: Row): Row | null {
    const origin = this.#origins.get(String(body['trial_id'])) ?? {};
    const experiment = this.of('experiments').get(origin.experimentId ?? '');
    const project =
      this.#projectOf(body) ??
      this.of('projects').get(String(experiment?.['project_id'])) ??
      (typeof body['project'] === 'string' ? this.#makeProject(body['project']) : undefined);
    if (!project) return null;
    const example = this.#example('Logs_get');
    const own = pick(
      body,
      Object.keys(example).filter((name) => !['config', 'feedback', 'project', 'session_id'].includes(name)),
    );
    const empty = Object.fromEntries(
      ['output', 'error', 'duration', 'reference_id', 'inputs', 'messages', 'trial_id'].map((name) => [name, null]),
    );
    const session = body['session_id'] ?? null;
    const log = this.#make('logs', 'Logs_get', {
      ...empty,
      ...own,
      project_id: project['id'],
      project: project['name'],
      session_id: session,
      feedback: [],
    });
    this.#origins.set(String(log['id']), origin);
    return { id: log['id'], project_id: project['id'], session_id: session };
  }

  /** @returns the id that the caller gave, or that of the session of the caller's own id. */
  sessionIdOf(body: Row): unknown {
    const reference = textOf(body['session_reference_id']);
    if (reference === undefined) return body['session_id'] ?? null;
    const known = this.of('session-references').get(reference) ?? this.#makeSession();
    this.of('session-references').set(reference, known);
    return known['id'];
  }

  #makeSession(): Row {
    const made = { ...this.#example('Sessions_create'), id: this.newId('sesh') };
    this.of('sessions').set(made.id, { ...this.#example('Sessions_get'), ...made, projects: [], datapoints_count: 0 });
    return made;
  }

  #sessionsOf(projectId: string): Row[] {
    const ids = [...this.of('logs').values()]
      .filter((log) => log['project_id'] === projectId)
      .map((log) => log['session_id']);
    return [...this.of('sessions').values()].filter(({ id }) => ids.includes(id));
  }

  #makeDatapoints(dataset: Row, json: unknown): Row[] {
    const given = (Array.isArray(json) ? json : [json]) as Row[];
    const bodies = given.flatMap((one) =>
      Array.isArray(one['log_ids'])
        ? one['log_ids'].map((id) => {
            const log = this.of('logs').get(String(id)) ?? {};
            return { ...pick(log, ['inputs']), target: { output: log['output'] } };
          })
        : [one],
    );
    const made = bodies.map((one) => {
      const row = {
        messages: null,
        target: null,
        inputs: null,
        ...pick(one, ['inputs', 'target']),
        dataset_id: dataset['id'],
        id: this.newId('evtc'),
      };
      this.of('datapoints').set(row.id, row);
      return row;
    });
    dataset['datapoint_count'] = Number(dataset['datapoint_count']) + made.length;
    return made;
  }

  /** The model configs to generate with; null when the request names what does not exist. */
  configsFor(operationId: string, body: Row): { configIds: string[]; experimentId?: string } | null {
    if (body['project_id'] !== undefined && !this.#projectOf(body)) return null;
    const active = this.#active.get(String(this.#projectOf(body)?.['id']));
    const experimentId = operationId.endsWith('Deployed') ? active?.experimentId : textOf(body['experiment_id']);
    if (experimentId !== undefined) {
      const configs = this.#configsOf(experimentId).map(({ id }) => String(id));
      return configs.length > 0 ? { configIds: configs, experimentId } : null;
    }
    const configId = operationId.endsWith('Deployed') ? active?.configId : textOf(body['model_config_id']);
    if (configId !== undefined) return this.of('model-configs').has(configId) ? { configIds: [configId] } : null;
    return operationId.endsWith('Deployed') ? null : { configIds: [] };
  }

  /** Keeps a sample as a log. */
  keepSample(sample: Row, body: Row, experimentId: string | undefined): void {
    const known = this.of('logs').get(String(sample['id']));
    const project = this.#projectOf(body);
    const log: Row = {
      ...this.#example('Logs_get'),
      created_at: this.#now(),
      feedback: [],
      ...known,
      id: sample['id'],
      project_id: project?.['id'] ?? null,
      session_id: this.sessionIdOf(body),
      inputs: body['inputs'] ?? null,
      output: sample['output'],
    };
    this.of('logs').set(String(sample['id']), log);
    this.#origins.set(String(sample['id']), {
      configId: String(sample['model_config_id']),
      ...(experimentId === undefined ? {} : { experimentId }),
    });
  }

  /** The newest first. */
  #logsOf(projectId: string): Row[] {
    return [...this.of('logs').values()].filter((log) => log['project_id'] === projectId).toReversed();
  }

  /** Makes types and labels, or changes those that are there; others stay. */
  #keepFeedbackTypes(project: Row, given: Row[]): Row[] {
    const types = new Map((project['feedback_types'] as Row[]).map((one) => [one['type'], one]));
    for (const { type, values = null } of given) {
      const labels = new Map(
        [...((types.get(type)?.['values'] ?? []) as Row[]), ...((values ?? []) as Row[])].map((label) => [
          label['value'],
          label,
        ]),
      );
      types.set(type, { type, values: values === null ? (types.get(type)?.['values'] ?? null) : [...labels.values()] });
    }
    project['feedback_types'] = [...types.values()];
    return project['feedback_types'] as Row[];
  }

  projectIdOf(body: Row): unknown {
    return this.#projectOf(body)?.['id'] ?? null;
  }
}

/** Those that fit every filter. */
function findLogs(logs: Row[], query: URLSearchParams): Row[] {
  const textOf = (value: unknown): string => JSON.stringify(value ?? null).toLowerCase();
  const search = query.get('search')?.toLowerCase() ?? '';
  const metadata = query.get('metadata_search')?.toLowerCase() ?? '';
  const sources = query.getAll('source_filter');
  const [start, end] = [query.get('start_date'), query.get('end_date')].map((text) => Date.parse(text ?? ''));
  return logs.filter((log) => {
    const time = Date.parse(String(log['created_at']));
    return (
      (textOf(log['inputs']) + textOf(log['output'])).includes(search) &&
      textOf(log['metadata']).includes(metadata) &&
      (sources.length === 0 || sources.includes(String(log['source']))) &&
      !(time < (start ?? NaN)) &&
      !(time > (end ?? NaN))
    );
  });
}

function refuse(status: number, detail: string): StoreAnswer {
  return { refusal: status, detail };
}

/** Messages of a template as they are answered: with all their properties. */
function withWholeMessages({ chat_template: messages, ...config }: Row): Row {
  const empty = { name: null, tool_call_id: null, tool_calls: null, tool_call: null };
  const whole = Array.isArray(messages) ? messages.map((message) => ({ ...empty, ...(message as Row) })) : null;
  return { ...config, chat_template: whole };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function pick(body: Row, names: string[]): Row {
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)));
}
