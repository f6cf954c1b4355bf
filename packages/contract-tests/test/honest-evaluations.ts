import { isRecord } from '../src/document/document.ts';
import type { Row, StoreAnswer } from './honest-store.ts';

/** What of the store an evaluation needs. */
export interface Shelves {
  of(kind: string): Map<string, Row>;
  newId(prefix: string): string;
  /** The example of an operation's answer. */
  example(id: string): Row;
  /** Makes an object of a kind from an example, with an id and times of its own. */
  make(kind: string, example: string, own: Row): Row;
  /** Stores a log like `POST /logs`; null when it names what does not exist. */
  log(body: Row): Row | null;
}

/** Evaluations whose logs and judgements are sent in. */
export class HonestEvaluations {
  readonly #shelves: Shelves;

  constructor(shelves: Shelves) {
    this.#shelves = shelves;
  }

  create(projectId: string, body: Row): StoreAnswer {
    const shelves = this.#shelves;
    const dataset = shelves.of('datasets').get(String(body['dataset_id']));
    const config = shelves.of('model-configs').get(String(body['config_id']));
    const evaluators = this.#evaluators(body['evaluator_ids']);
    if (!dataset || !config || !evaluators) return refuse(404, 'The evaluation names something that does not exist.');
    const made = shelves.make('evaluations', 'Evaluations_create', {
      status: 'pending',
      config,
      evaluators,
      dataset,
      dataset_snapshot: dataset,
      evaluator_aggregates: null,
      feedback_aggregates: null,
    });
    const datapoints = [...shelves.of('datapoints').values()].filter((one) => one['dataset_id'] === dataset['id']);
    const records = datapoints.map((datapoint) => ({ datapoint, log: null, evaluation_results: [] }));
    shelves.of('evaluation-parts').set(String(made['id']), { projectId, records });
    return { value: made };
  }

  ofProject(projectId: unknown): Row[] {
    const parts = this.#shelves.of('evaluation-parts');
    return [...this.#shelves.of('evaluations').values()].filter(
      ({ id }) => parts.get(String(id))?.['projectId'] === projectId,
    );
  }

  get(evaluation: Row, withAggregates: boolean): StoreAnswer {
    if (!withAggregates) return { value: evaluation };
    const results = this.records(evaluation).flatMap((one) => one['evaluation_results'] as Row[]);
    const aggregates = (evaluation['evaluators'] as Row[]).map(({ id }) => {
      const values = results.filter((one) => one['evaluator_id'] === id && one['value'] !== null);
      const share = values.filter(({ value }) => value === true).length / values.length;
      return {
        model_config_id: (evaluation['config'] as Row)['id'],
        evaluator_id: id,
        evaluator_version_id: 'evv_1',
        aggregate_value: values.length > 0 ? share : null,
      };
    });
    return { value: { ...evaluation, evaluator_aggregates: aggregates } };
  }

  records(evaluation: Row): Row[] {
    return (this.#shelves.of('evaluation-parts').get(String(evaluation['id']))?.['records'] ?? []) as Row[];
  }

  log(evaluation: Row, body: Row): StoreAnswer {
    if (evaluation['status'] !== 'running') return refuse(422, 'The evaluation is not running.');
    const record = this.records(evaluation).find((one) => (one['datapoint'] as Row)['id'] === body['datapoint_id']);
    const stored = record && isRecord(body['log']) ? this.#shelves.log(body['log']) : null;
    if (!record || !stored) return refuse(404, 'The log names something that does not exist.');
    record['log'] = this.#shelves.of('logs').get(String(stored['id']));
    return { value: stored };
  }

  setStatus(evaluation: Row, body: Row): StoreAnswer {
    const step = `${String(evaluation['status'])} ${String(body['status'])}`;
    const known = ['pending running', 'pending failed', 'running completed', 'running failed', 'completed running'];
    if (!known.includes(step)) return refuse(422, `There is no step from ${step}.`);
    evaluation['status'] = body['status'];
    return { value: evaluation };
  }

  result(evaluation: Row, body: Row): StoreAnswer {
    if (evaluation['status'] !== 'running') return refuse(422, 'The evaluation is not running.');
    const record = this.records(evaluation).find((one) => (one['log'] as Row | null)?.['id'] === body['log_id']);
    const isOwn = (evaluation['evaluators'] as Row[]).some(({ id }) => id === body['evaluator_id']);
    if (!record || !isOwn) return refuse(404, 'The result names something that does not exist.');
    const made = {
      ...this.#shelves.example('Evaluations_result'),
      id: this.#shelves.newId('evr'),
      evaluation_id: evaluation['id'],
      log_id: body['log_id'],
      evaluator_id: body['evaluator_id'],
      value: body['result'] ?? null,
      error: body['error'] ?? null,
      log: null,
    };
    (record['evaluation_results'] as Row[]).push(made);
    return { value: made };
  }

  addEvaluators(evaluation: Row, body: Row): StoreAnswer {
    const more = this.#evaluators(body['evaluator_ids'] ?? []);
    if (!more) return refuse(404, 'No such evaluator.');
    const has = evaluation['evaluators'] as Row[];
    evaluation['evaluators'] = [...has, ...more.filter((one) => !has.includes(one))];
    return { value: evaluation };
  }

  #evaluators(ids: unknown): Row[] | undefined {
    const found = (ids as unknown[]).map((id) => this.#shelves.of('evaluators').get(String(id)));
    return found.every((one) => one !== undefined) ? found : undefined;
  }
}

function refuse(refusal: number, detail: string): StoreAnswer {
  return { refusal, detail };
}
