import { readDocument } from '../src/document/document.ts';
import { listOperations, streamOf, type Operation } from '../src/document/operations.ts';
import { answers, edits, isSuccess, status, withKey, type SeededBug } from './bug-makers.ts';
import { json, type ServerRequest } from './honest-server.ts';
import { bugsOfLives } from './seeded-bugs-of-lives.ts';

type Row = Record<string, unknown>;

const streaming = listOperations(await readDocument()).filter((operation) => streamOf(operation));
/** An operation that streams, if there is one with model configs that the server draws from. */
const chat = (streaming.find(drawsConfigs) ?? streaming[0])?.id ?? 'a streaming operation';
/** Changes the events of a stream. */
function events(name: string, change: (blocks: string[]) => string[], id = chat): SeededBug {
  return answers(name, id, (answer) => (answer.isStream ? { ...answer, blocks: change(answer.blocks) } : answer));
}

/** Changes the samples in each event. */
function samples(name: string, change: (sample: Row, position: number) => Row): SeededBug {
  return events(name, (blocks) =>
    blocks.map((block, position) => {
      const envelope = JSON.parse(block.slice('data: '.length)) as { data: Row[] };
      const data = envelope.data.map((sample) => change(sample, position));
      return `data: ${JSON.stringify({ ...envelope, data })}\n\n`;
    }),
  );
}

function without(row: Row, name: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([other]) => other !== name));
}

/** Servers that are honest but for one thing. The kit has to find each. */
export const seededBugs: SeededBug[] = [
  ...bugsOfLives,
  // What is answered
  edits('a property has the wrong type', 'Projects_get', (value) => ({ ...value, name: 7 })),
  edits('a required property is missing', 'Projects_get', (value) => without(value, 'created_at')),
  edits('a required property is null', 'Projects_get', (value) => ({ ...value, id: null })),
  edits('a time has no time', 'Projects_get', (value) => ({ ...value, updated_at: 'yesterday' })),
  edits('a list is an object', 'Experiments_list', () => ({ records: [] })),
  edits('a page has no total', 'Projects_list', (value) => without(value, 'total'), { readOnly: true }),
  edits('a nested property has the wrong type', 'Experiments_create', (value) => ({ ...value, metric: { id: 1 } })),
  edits('a config has no type', 'ModelConfigs_get', (value) => ({ ...value, model: null })),
  edits('another object is read', 'Projects_get', (value) => ({ ...value, id: 'pr_other' })),
  answers('an undocumented status', 'Projects_get', status(203)),
  answers('201 in place of 200', 'Experiments_create', status(201)),
  answers('200 in place of 201', 'Projects_create', status(200)),
  answers('204 with what was removed', 'Evaluators_delete', (answer) =>
    answer.status === 204
      ? { ...answer, status: 200, headers: { 'content-type': 'application/json' }, blocks: ['{}'] }
      : answer,
  ),
  answers(
    'JSON said to be text',
    'Projects_list',
    (answer) => ({ ...answer, headers: { 'content-type': 'text/plain' } }),
    { readOnly: true },
  ),
  answers(
    'a broken body',
    'Projects_list',
    (answer) => ({ ...answer, blocks: [answer.blocks.join('').slice(0, -2)] }),
    { readOnly: true },
  ),
  answers(
    'a web page',
    'Sessions_list',
    (answer) => ({ ...answer, headers: { 'content-type': 'text/html' }, blocks: ['<p>'] }),
    { readOnly: true },
  ),
  answers('500 now', 'Evaluators_list', (answer) => ({ ...answer, status: 500 }), { readOnly: true }),

  // Who may ask
  { name: 'no key is needed', only: ['Projects_list'], readOnly: true, request: withKey },
  {
    name: 'no key is needed to remove',
    only: ['Evaluators_delete'],
    readOnly: true,
    request: (request) => (request.operation?.id === 'Evaluators_delete' ? withKey(request) : request),
  },
  {
    name: 'any key will do',
    only: ['Sessions_get'],
    readOnly: true,
    request: (request) => (request.headers['x-api-key'] ? withKey(request) : request),
  },
  answers(
    '403 without a key',
    'Projects_get',
    (answer) => (answer.status === 401 ? { ...answer, status: 403 } : answer),
    { readOnly: true },
  ),
  answers(
    '401 with a detail of another type',
    'Projects_get',
    (answer) => (answer.status === 401 ? { ...answer, blocks: ['{"detail":7}'] } : answer),
    { readOnly: true },
  ),

  // What is refused
  {
    name: 'an unknown property is accepted',
    only: ['ModelConfigs_register'],
    request: (request) => editBody(request, 'ModelConfigs_register', (body) => without(body, 'unknown_property')),
  },
  {
    name: 'a missing property is filled in',
    only: ['Projects_create'],
    request: (request) => editBody(request, 'Projects_create', (body) => ({ name: 'unnamed', ...body })),
  },
  {
    name: 'a number is taken for a text',
    only: ['Projects_create'],
    request: (request) =>
      editBody(request, 'Projects_create', (body) => ({
        ...body,
        name: typeof body['name'] === 'object' ? 'x' : body['name'],
      })),
  },
  answers('400 in place of 422', 'Projects_create', (answer) =>
    answer.status === 422 ? { ...answer, status: 400 } : answer,
  ),
  answers('500 in place of 422', 'Evaluators_create', (answer) =>
    answer.status === 422 ? { ...answer, status: 500 } : answer,
  ),
  answers('a 422 of another shape', 'Projects_create', (answer) =>
    answer.status === 422 ? { ...answer, blocks: ['{"detail":[{"msg":7}]}'] } : answer,
  ),
  answers(
    '500 for a body that is no JSON',
    'Feedback_feedback',
    (answer) => (answer.status === 400 ? { ...answer, status: 500 } : answer),
    { readOnly: true },
  ),
  {
    name: 'a page number that is no number is accepted',
    only: ['Projects_list'],
    readOnly: true,
    request: (request) => {
      if (request.operation?.id !== 'Projects_list') return request;
      const query = new URLSearchParams([...request.query].filter(([name]) => name !== 'page'));
      return { ...request, query };
    },
  },
  {
    name: 'an unknown sort order is accepted',
    only: ['Projects_list'],
    readOnly: true,
    request: (request) => {
      const query = new URLSearchParams([...request.query].filter(([name]) => name !== 'order'));
      return { ...request, query };
    },
  },
  answers(
    '200 for an unknown id',
    'Evaluators_get',
    (answer, request) => (answer.status === 404 ? { ...answer, ...json(request, 200, {}) } : answer),
    { readOnly: true },
  ),
  answers(
    '500 for an unknown id',
    'Datasets_get',
    (answer) => (answer.status === 404 ? { ...answer, status: 500 } : answer),
    { readOnly: true },
  ),
  {
    name: 'unknown methods are found',
    only: ['Projects_get'],
    readOnly: true,
    answer: (answer) => (answer.status === 405 ? { ...answer, status: 200 } : answer),
  },
  {
    name: 'unknown paths are found',
    only: ['Projects_list'],
    readOnly: true,
    answer: (answer, request) => (request.operation || answer.status !== 404 ? answer : { ...answer, status: 200 }),
  },

  // What is remembered
  answers('read after removal', 'Evaluators_get', (answer, request) =>
    answer.status === 404 && request.ids[0]?.startsWith('evfn')
      ? { ...answer, ...json(request, 200, evaluatorLike(request)) }
      : answer,
  ),
  {
    name: 'nothing is removed',
    only: ['Projects_delete'],
    request: (request) =>
      request.operation?.id === 'Projects_delete' &&
      request.ids[0] !== 'contract_test_nothing' &&
      request.headers['x-api-key'] === 'honest-key'
        ? { ...request, ids: ['x'] }
        : request,
    answer: (answer, request) =>
      request.operation?.id === 'Projects_delete' && answer.status === 404 && request.ids[0] === 'x'
        ? { ...answer, status: 204, headers: {}, blocks: [] }
        : answer,
  },
  {
    name: 'a change is not kept',
    only: ['Projects_update'],
    request: (request) =>
      request.operation?.id === 'Projects_update' ? editBody(request, 'Projects_update', () => ({})) : request,
  },
  edits('what was made is not listed', 'Evaluators_list', () => []),
  edits('another name than was asked for', 'Projects_create', (value) => ({ ...value, name: 'other' })),
  edits('an experiment without its configs', 'Experiments_list', (value) =>
    (value as unknown as Row[]).map((row) => without(row, 'configs')),
  ),
  edits('a drawn config that the experiment lacks', 'Experiments_sample', (value) => ({
    ...value,
    config: { ...(value['config'] as Row), id: 'config_other' },
  })),
  {
    name: 'feedback is not counted',
    only: [chat, 'Feedback_feedback', 'Experiments_list'],
    request: (request) => editBody(request, 'Feedback_feedback', (body) => ({ ...body, data_id: 'data_other' })),
  },
  edits('the size of a page is ignored', 'Projects_list', (value) => ({ ...value, size: 10 })),
  answers(
    'the total is that of the page',
    'Projects_list',
    (answer) => {
      if (!isSuccess(answer)) return answer;
      const value = JSON.parse(answer.blocks[0] ?? '{}') as { records: Row[] };
      return { ...answer, blocks: [JSON.stringify({ ...value, total: value.records.length })] };
    },
    { only: ['Projects_list', 'Completions_create'] },
  ),

  changes('a change makes other properties null', 'Projects_update', (row) => ({ ...row, directory_id: null })),
  changes('a change empties other properties', 'Datasets_update', (row) => ({ ...row, description: '' })),
  changes('a change sets others to what they began with', 'Evaluators_update', (row) => ({
    ...row,
    return_type: 'number',
  })),
  edits('a change is kept, and the answer is the old object', 'Projects_update', (value) => ({
    ...value,
    name: String(value['name']).replace(/-b$/, ''),
  })),
  edits('a property is stored empty', 'Datasets_get', (value) => ({ ...value, description: '' })),
  edits('a parameter is stored as its default', 'ModelConfigs_get', (value) => ({ ...value, temperature: 0.7 })),
  edits('one config for all parameters', 'ModelConfigs_register', (value) => ({
    ...value,
    config: { ...(value['config'] as Row), id: 'config_one' },
  })),
  edits('a new config each time', 'ModelConfigs_register', (value) => ({
    ...value,
    config: { ...(value['config'] as Row), id: `config_${Math.random()}` },
  })),
  edits('a time that is that of the request', 'Projects_get', (value) => ({
    ...value,
    created_at: new Date().toISOString(),
  })),
  changes('labels are not stored', 'Experiments_create', (row) => ({ ...row, positive_labels: [] })),
  edits(
    'a config that was let go stays active',
    'Experiments_list',
    (value) =>
      (value as unknown as Row[]).map((row) => ({
        ...row,
        configs: (row['configs'] as Row[]).map((config) => ({ ...config, active: true })),
      })),
    { only: ['Experiments_update'] },
  ),
  edits('a trial without an id', 'Experiments_sample', (value) => ({ ...value, trial_id: null })),
  edits('the last config is the active one', 'Projects_getActiveConfig', (value) => ({
    ...value,
    config: { ...(value['config'] as Row), id: 'config_last' },
  })),
  {
    name: 'what is deployed cannot be taken back',
    only: ['Projects_deactivateConfig'],
    answer: (answer, request) =>
      request.operation?.id === 'Projects_getActiveConfig' && answer.status === 404 && !isNothing(request)
        ? { ...answer, ...json(request, 200, request.operation.responses[0]?.content[0]?.examples[0]?.value) }
        : answer,
  },
  edits('the logs of an array in another order', 'Logs_log', (value) =>
    Array.isArray(value) ? value.toReversed() : value,
  ),
  edits('a log loses its inputs', 'Logs_get', (value) => ({ ...value, inputs: {} })),
  edits('a log that is not listed', 'Logs_list', (value) => ({ ...value, records: [], total: 0 })),
  answers('all logs are removed', 'Logs_delete', (answer) => answer, {
    request: (request) => {
      if (request.operation?.id !== 'Logs_delete') return request;
      // The ids that this server gives are numbers.
      const all = new URLSearchParams();
      for (let number = 0; number < 300; number += 1) all.append('id', `data_${String(number).padStart(21, 'x')}`);
      return { ...request, query: all };
    },
  }),
  {
    name: 'removed twice',
    only: ['Projects_delete'],
    answer: (answer, request) =>
      request.operation?.id === 'Projects_delete' && answer.status === 404 && !isNothing(request)
        ? { ...answer, status: 204, headers: {}, blocks: [] }
        : answer,
  },
  answers('204 for an unknown id', 'Evaluators_delete', (answer) =>
    answer.status === 404 ? { ...answer, status: 204, headers: {}, blocks: [] } : answer,
  ),
  edits('fewer datapoints than were added', 'Datasets_createDatapoint', (value) =>
    (value as unknown as Row[]).slice(0, 1),
  ),
  answers('feedback on a log that does not exist', 'Feedback_feedback', (answer, request) =>
    answer.status === 404
      ? { ...answer, ...json(request, 200, request.operation?.responses[0]?.content[0]?.examples[0]?.value) }
      : answer,
  ),
  edits('feedback of another log', 'Feedback_feedback', (value) => ({ ...value, data_id: 'data_other' }), {
    only: [chat, 'Feedback_feedback'],
  }),
  edits('one feedback for a list', 'Feedback_feedback', (value) => (Array.isArray(value) ? value[0] : value), {
    only: [chat, 'Feedback_feedback'],
  }),
  edits('a log does not show its feedback', 'Logs_get', (value) => ({ ...value, feedback: [] }), {
    only: [chat, 'Logs_get'],
  }),
  eachConfig('a mean that bad feedback does not lower', (config) => ({ mean: config['mean'] === null ? null : 1 })),
  eachConfig('a mean in words', (config) => ({ mean: config['mean'] === null ? null : 'good' })),
  eachConfig('trials of one config counted for all', (_, configs) => ({
    trials_count: configs.reduce((sum, config) => sum + Number(config['trials_count']), 0),
  })),

  // What is listed
  edits('a page counted from 1', 'Projects_list', (value) => ({ ...value, page: Number(value['page']) + 1 }), {
    readOnly: true,
  }),
  edits('a total that is one too many', 'Projects_list', (value) => ({ ...value, total: Number(value['total']) + 1 }), {
    readOnly: true,
  }),
  {
    name: 'each page is the first',
    only: ['Projects_list'],
    request: (request) => {
      const page = request.query.get('page');
      if (request.operation?.id === 'Projects_list' && page !== null && /^\d+$/.test(page))
        request.query.set('page', '0');
      return request;
    },
  },
  {
    name: 'the order is ignored',
    only: ['Projects_list'],
    request: (request) => {
      if (request.operation?.id === 'Projects_list' && request.query.get('order') === 'asc')
        request.query.delete('order');
      return request;
    },
  },
  edits('an object is listed twice', 'Datasets_list', (value) => {
    const list = value as unknown as Row[];
    return [...list, ...list.slice(0, 1)];
  }),
  edits('null in the second record alone', 'Evaluators_list', (value) => {
    const [first] = value as unknown as Row[];
    return first ? [first, { ...first, id: 'evfn_second', name: null }] : [];
  }),
  edits('an enum in capitals', 'Projects_get', (value) => ({ ...value, config_type: 'MODEL' })),
  edits('half an integer', 'Projects_get', (value) => ({ ...value, data_count: 1.5 })),

  // Whose key it is
  keyed('a key with more letters', (key) => key.startsWith('honest-key')),
  keyed('a key with fewer letters', (key) => 'honest-key'.startsWith(key) && key !== ''),
  keyed('a key in capitals', (key) => key.toLowerCase() === 'honest-key'),
  keyed('an empty key', (key) => key === ''),
  {
    name: 'a key under Authorization',
    only: ['Datasets_list'],
    readOnly: true,
    request: (request) => (request.headers['authorization'] === 'Bearer honest-key' ? withKey(request) : request),
  },
  {
    name: 'a key in the query',
    only: ['Datasets_list'],
    readOnly: true,
    request: (request) => {
      if (request.query.get('api_key') !== 'honest-key') return request;
      return withKey({ ...request, query: new URLSearchParams() });
    },
  },
  answers(
    'an error without a detail',
    'Projects_get',
    (answer) => (answer.status === 401 ? { ...answer, blocks: ['{"error":"no key"}'] } : answer),
    { readOnly: true },
  ),
  answers(
    'JSON in another charset',
    'Datasets_list',
    (answer) => ({ ...answer, headers: { 'content-type': 'application/json; charset=iso-8859-1' } }),
    { readOnly: true },
  ),
  {
    name: 'a number in a text is accepted',
    only: [chat],
    request: (request) =>
      editBody(request, chat, (body) => ({
        ...body,
        num_samples: typeof body['num_samples'] === 'string' ? 1 : body['num_samples'],
      })),
  },

  // What is generated
  {
    name: 'stream is ignored',
    only: [chat],
    request: (request) => editBody(request, chat, (body) => ({ ...body, stream: false })),
  },
  {
    name: 'everything is streamed',
    only: [chat],
    request: (request) => editBody(request, chat, (body) => ({ ...body, stream: true })),
  },
  {
    name: 'num_samples is ignored',
    only: [chat],
    request: (request) => editBody(request, chat, (body) => without(body, 'num_samples')),
  },
  answers('the first event waits for the last', chat, (answer) =>
    answer.isStream ? { ...answer, blocks: [answer.blocks.join('')], delaysMs: [400] } : answer,
  ),
  answers('a stream said to be JSON', chat, (answer) =>
    answer.isStream ? { ...answer, headers: { 'content-type': 'application/json' } } : answer,
  ),
  events('the last event is lost', (blocks) => blocks.slice(0, -1)),
  events('a stream without events', () => []),
  events('lines without data:', (blocks) => blocks.map((block) => block.replace('data: ', ''))),
  events('an event is broken JSON', (blocks) =>
    blocks.map((block, index) => (index === 1 ? 'data: {"data"\n\n' : block)),
  ),
  events('an event after the end', (blocks) => [...blocks, blocks.at(-1) ?? '']),
  events('an error in each stream', (blocks) => [...blocks.slice(0, 2), 'event: error\ndata: {"message":"no"}\n\n']),
  events('events of another name', (blocks) => blocks.map((block) => `event: piece\n${block}`)),
  samples('no finish reason', (sample) => ({ ...sample, finish_reason: null })),
  samples('a finish reason in each event', (sample) => ({ ...sample, finish_reason: 'stop' })),
  samples('a piece without output', (sample) => without(sample, 'output')),
  samples('the id changes', (sample, position) => ({ ...sample, id: `data_${position}` })),
  samples('all samples are the first', (sample) => ({ ...sample, index: 0 })),
  samples('samples counted from 1', (sample) => ({ ...sample, index: Number(sample['index']) + 1 })),
  edits('two samples with one id', chat, (value) => ({
    ...value,
    data: (value['data'] as Row[]).map((row) => ({ ...row, id: 'data_1' })),
  })),
  edits(
    'a config of another experiment',
    chat,
    (value) => ({
      ...value,
      data: (value['data'] as Row[]).map((row) => ({ ...row, model_config_id: 'config_other' })),
    }),
    { only: [chat, 'Experiments_create'] },
  ),
  events('two events change places', ([first = '', second = '', ...rest]) => [second, first, ...rest]),
  events('an event comes twice', ([first = '', ...rest]) => [first, first, ...rest]),
  events('the last blank line is missing', (blocks) => [...blocks.slice(0, -1), String(blocks.at(-1)).trimEnd()]),
  samples('pieces that repeat what came before', (sample, position) => ({
    ...sample,
    output: position === 1 ? `Thank you${String(sample['output'])}` : sample['output'],
  })),
  samples('a lost piece', (sample, position) => ({ ...sample, output: position === 1 ? '' : sample['output'] })),
  samples('a finish reason in capitals', (sample) => ({
    ...sample,
    finish_reason: typeof sample['finish_reason'] === 'string' ? 'STOP' : null,
  })),
  samples('a model config of another experiment in a stream', (sample) => ({
    ...sample,
    model_config_id: 'config_other',
  })),
  samples('an id that no log has', (sample) => ({ ...sample, id: `data_none_${String(sample['index'])}` })),
  answers('a stream of known length', chat, (answer) =>
    answer.isStream
      ? {
          ...answer,
          headers: { ...answer.headers, 'content-length': String(Buffer.byteLength(answer.blocks.join(''))) },
        }
      : answer,
  ),
  answers('a stream only for who accepts nothing else', chat, (answer, request) =>
    answer.isStream && !request.headers['accept']?.includes('text/event-stream')
      ? { ...answer, isStream: false, headers: { 'content-type': 'application/json' } }
      : answer,
  ),
  {
    name: 'Accept decides, and not the body',
    only: [chat],
    request: (request) =>
      request.headers['accept']?.includes('text/event-stream')
        ? editBody(request, chat, (body) => ({ ...body, stream: true }))
        : request,
  },
  edits('another number of samples than asked for', chat, (value) => ({ ...value, num_samples: 7 })),
  edits('another project', chat, (value) => ({ ...value, project_id: 'pr_other' })),
  edits('an answer without samples', chat, (value) => ({ ...value, data: [] })),
];

function drawsConfigs({ body }: Operation): boolean {
  return Object.hasOwn(Object(body?.content[0]?.examples[0]?.value) as object, 'experiment_id');
}

function editBody(request: ServerRequest, id: string, change: (body: Row) => Row): ServerRequest {
  const { operation, json: body } = request;
  if (operation?.id !== id || typeof body !== 'object' || body === null || Array.isArray(body)) return request;
  const changed = change(body as Row);
  return { ...request, json: changed, bytes: Buffer.from(JSON.stringify(changed)) };
}

/** Changes an object that the server remembers, after a successful call of the operation; the answer has it, too. */
function changes(name: string, id: string, change: (row: Row) => Row): SeededBug {
  return {
    name,
    only: [id],
    answer: (answer, request, state) => {
      const kind = request.operation?.path.split('/').findLast((segment) => !/^(?:\{|$)/.test(segment)) ?? '';
      if (request.operation?.id !== id || !isSuccess(answer)) return answer;
      const made = JSON.parse(answer.blocks[0] ?? '{}') as Row;
      const row = state.get(kind)?.get(String(made['id']));
      if (!row) return answer;
      Object.assign(row, change(row));
      return { ...answer, blocks: [JSON.stringify(row)] };
    },
  };
}

/** Changes the configs of the experiments that are listed. */
function eachConfig(name: string, change: (config: Row, configs: Row[]) => Row): SeededBug {
  const only = [chat, 'Feedback_feedback'];
  return edits(
    name,
    'Experiments_list',
    (value) =>
      (value as unknown as Row[]).map((row) => {
        const configs = row['configs'] as Row[];
        return { ...row, configs: configs.map((config) => ({ ...config, ...change(config, configs) })) };
      }),
    { only },
  );
}

/** Takes keys that are not the right one. */
function keyed(name: string, isTaken: (key: string) => boolean): SeededBug {
  const request = (given: ServerRequest): ServerRequest =>
    given.headers['x-api-key'] !== undefined && isTaken(given.headers['x-api-key']) ? withKey(given) : given;
  return { name, only: ['Datasets_list'], readOnly: true, request };
}

function isNothing(request: ServerRequest): boolean {
  return request.ids[0] === 'contract_test_nothing';
}

/** The example of an evaluator under the id that was asked for. */
function evaluatorLike({ operation, ids }: ServerRequest): Row {
  return { ...(operation?.responses[0]?.content[0]?.examples[0]?.value as Row), id: ids[0] };
}
