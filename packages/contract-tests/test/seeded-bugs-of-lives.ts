import type { ServerAnswer, ServerRequest } from './honest-server.ts';
import type { State } from './honest-store.ts';
import { answers, edits, isSuccess, status, withKey, type SeededBug } from './bug-makers.ts';

type Row = Record<string, unknown>;

/** Bugs that show only when something is made, changed, listed in pages or removed. */
export const bugsOfLives: SeededBug[] = [
  // Things that once were never made
  answers('an evaluation is made with 200', 'Evaluations_create', status(200)),
  edits('an evaluation starts by itself', 'Evaluations_create', (value) => ({ ...value, status: 'running' })),
  answers('an evaluation takes no logs', 'Evaluations_log', status(422)),
  edits('a result is a text', 'Evaluations_result', (value) => ({ ...value, value: 'true' })),
  edits('an added evaluator replaces the others', 'Evaluations_addEvaluators', (value) => ({
    ...value,
    evaluators: (value['evaluators'] as Row[]).slice(-1),
  })),
  edits('a serialized config is an object', 'ModelConfigs_serialize', (value) => ({ config: value })),
  edits('a deserialized config has another temperature', 'ModelConfigs_deserialize', (value) => ({
    ...value,
    temperature: 1.5,
  })),
  asks('an export is always JSON', ['ModelConfigs_export'], (request) => ({
    ...request,
    headers: { ...request.headers, accept: 'application/json' },
  })),
  edits('a new feedback type has no labels', 'Projects_createFeedbackType', (value) => ({ ...value, values: null })),
  edits('only the changed feedback types are answered', 'Projects_updateFeedbackTypes', (value) =>
    (value as unknown as Row[]).slice(-1),
  ),
  edits('the newest logs are not exported', 'Projects_export', (value) => ({
    ...value,
    records: (value['records'] as Row[]).slice(1),
  })),
  changes('the old way to delete datapoints still deletes', 'Datapoints_delete', (state) => {
    state.get('datapoints')?.clear();
  }),

  // What the query asks for
  answers('an optional parameter is not taken', 'Projects_listConfigs', (answer, { query }) =>
    query.has('evaluation_aggregates') ? status(422)(answer) : answer,
  ),
  asks('a filter is passed over', ['Projects_list'], (request) =>
    withQuery(request, (query) => query.delete('filter')),
  ),
  asks('names do not sort', ['Projects_list'], (request) => withQuery(request, (query) => query.delete('sort_by'))),
  asks('the default order is another', ['Projects_list'], (request) =>
    withQuery(request, (query) => query.set('order', query.get('order') ?? 'asc')),
  ),
  asks('the default size is another', ['Logs_list'], (request) =>
    withQuery(request, (query) => query.set('size', query.get('size') ?? '10')),
  ),
  asks('a search is passed over', ['Logs_list'], (request) => withQuery(request, (query) => query.delete('search'))),
  asks('a date is passed over', ['Logs_list'], (request) => withQuery(request, (query) => query.delete('end_date'))),
  {
    name: 'the third page begins one too late',
    only: ['Logs_list'],
    answer: (answer, request, state) =>
      request.operation?.id === 'Logs_list' && isSuccess(answer)
        ? edited(answer, (page) =>
            Number(page['page']) < 2 ? page : { ...page, records: logsFrom(state, request, page, 1) },
          )
        : answer,
  },
  {
    name: 'experiments of all projects are listed',
    only: ['Experiments_list'],
    answer: (answer, request, state) =>
      request.operation?.id === 'Experiments_list' && isSuccess(answer)
        ? { ...answer, blocks: [JSON.stringify([...(state.get('experiments')?.values() ?? [])])] }
        : answer,
  },

  // What stays, and what goes
  edits('a time of creation moves', 'Logs_get', (value) => ({ ...value, created_at: new Date().toISOString() })),
  edits(
    'a list tells otherwise',
    'Evaluators_list',
    (value) => (value as unknown as Row[]).map((row) => ({ ...row, arguments_type: 'target_required' })),
    { only: ['Evaluators_get'] },
  ),
  changes('a dataset takes the others with it', 'Datasets_delete', (state) => state.get('datasets')?.clear()),
  changes('the newest evaluator is removed', 'Evaluators_delete', (state) => {
    state.get('evaluators')?.delete([...(state.get('evaluators')?.keys() ?? [])].at(-1) ?? '');
  }),
  changes('an experiment takes its siblings with it', 'Experiments_delete', (state) =>
    state.get('experiments')?.clear(),
  ),
  asks('only the last of several logs is removed', ['Logs_delete'], (request) =>
    withQuery(request, (query) => {
      const last = query.getAll('id').at(-1);
      query.delete('id');
      if (last !== undefined) query.set('id', last);
    }),
  ),
  asks('texts lose what is not ASCII', ['Logs_log', 'Logs_get'], (request) =>
    withText(request, (text) => text.replaceAll(/[^ -~]/g, '?')),
  ),
  asks('metadata of logs is lost', ['Logs_log', 'Logs_list'], (request) => withoutProperty(request, 'metadata')),
  asks('a datapoint has no target', ['Datasets_createDatapoint'], (request) => withoutProperty(request, 'target')),
  asks('an experiment is not set active', ['Experiments_create'], (request) => withoutProperty(request, 'set_active')),
  asks('feedback cannot be taken back', ['Feedback_feedback', 'Chats_createExperiment'], (request) =>
    request.operation?.id === 'Feedback_feedback'
      ? withText(request, (text) => text.replace('"unset":true', '"value":"bad"'))
      : request,
  ),
  {
    name: 'what there is needs no key',
    only: ['Evaluators_get'],
    request: (request) => (request.ids[0] === 'contract_test_nothing' ? request : withKey(request)),
  },
  answers('a charset is not taken', 'Datasets_update', (answer, { headers }) =>
    /charset/.test(headers['content-type'] ?? '') ? { ...answer, status: 415 } : answer,
  ),
  answers('a validation error names no fault', 'Evaluators_create', (answer) =>
    answer.status === 422 ? { ...answer, blocks: ['{"detail":[]}'] } : answer,
  ),

  answers('an evaluation may be completed at once', 'Evaluations_updateStatus', (answer, { operation, json }) =>
    answer.status === 422 && typeof (json as Row | undefined)?.['status'] === 'string'
      ? { ...answer, status: 200, blocks: [JSON.stringify(operation?.responses[0]?.content[0]?.examples[0]?.value)] }
      : answer,
  ),
  asks('of two things to deploy one is taken', ['Projects_update'], (request) => {
    const body = (request.json ?? {}) as Row;
    const isBoth = typeof body['active_config_id'] === 'string' && typeof body['active_experiment_id'] === 'string';
    return isBoth ? withText(request, () => JSON.stringify({ active_config_id: body['active_config_id'] })) : request;
  }),

  // Generations
  {
    name: 'a stream needs no key',
    only: ['Chats_create'],
    request: (request) => (/"stream":true/.test(textOf(request)) ? withKey(request) : request),
  },
  answers('a wrong request gets a stream that says so', 'Chats_create', (answer, request) =>
    answer.status === 422 && /"stream":true/.test(textOf(request))
      ? {
          ...answer,
          status: 200,
          isStream: true,
          headers: { 'content-type': 'text/event-stream' },
          blocks: ['event: error\ndata: {"type":"x","message":"x","code":422,"origin":"x"}\n\n'],
        }
      : answer,
  ),
  edits('a session is another', 'Completions_create', (value) => ({ ...value, session_id: 'sesh_other' })),
  edits('a finished sample has no finish reason', 'Completions_create', (value) => ({
    ...value,
    data: (value['data'] as Row[]).map((sample) => ({ ...sample, finish_reason: null })),
  })),
  edits('the ids of samples come again', 'Completions_create', (value) => ({
    ...value,
    data: (value['data'] as Row[]).map((sample, index) => ({ ...sample, id: `data_${index}` })),
  })),
];

/** Changes the requests of the first of these operations before they are answered. */
function asks(name: string, only: string[], change: (request: ServerRequest) => ServerRequest): SeededBug {
  return { name, only, request: (request) => (request.operation?.id === only[0] ? change(request) : request) };
}

/** Changes what the server remembers, after an operation has succeeded. */
function changes(name: string, id: string, change: (state: State) => void): SeededBug {
  return {
    name,
    only: [id],
    answer: (answer, { operation }, state) => {
      if (operation?.id === id && isSuccess(answer)) change(state);
      return answer;
    },
  };
}

function withQuery(request: ServerRequest, change: (query: URLSearchParams) => void): ServerRequest {
  const query = new URLSearchParams(request.query);
  change(query);
  return { ...request, query };
}

function withText(request: ServerRequest, change: (text: string) => string): ServerRequest {
  if (request.json === undefined) return request;
  const text = change(textOf(request));
  return { ...request, bytes: Buffer.from(text), json: JSON.parse(text) };
}

/** In the one object that a body is; a wrong value is left for the server to refuse. */
function withoutProperty(request: ServerRequest, name: string): ServerRequest {
  const body = (request.json ?? {}) as Row;
  if (typeof body[name] !== 'object' && body[name] !== true) return request;
  return withText(request, () => JSON.stringify({ ...body, [name]: undefined }));
}

function textOf({ bytes }: ServerRequest): string {
  return new TextDecoder().decode(bytes);
}

function edited(answer: ServerAnswer, change: (value: Row) => Row): ServerAnswer {
  return { ...answer, blocks: [JSON.stringify(change(JSON.parse(answer.blocks[0] ?? '{}') as Row))] };
}

/** The logs of a page, beginning some too late. */
function logsFrom(state: State, { query }: ServerRequest, page: Row, late: number): Row[] {
  const logs = [...(state.get('logs')?.values() ?? [])].filter((log) => log['project_id'] === query.get('project_id'));
  const [number, size] = [Number(page['page']), Number(page['size'])];
  return logs.toReversed().slice(number * size + late, (number + 1) * size + late);
}
