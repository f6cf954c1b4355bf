import { mutation, type ClientMutation } from './mutation.ts';

export const streamMutations: ClientMutation[] = [
  mutation('each chunk is decoded by itself', [
    'event-reader.ts',
    'decoder.decode(chunk, { stream: true })',
    'decoder.decode(chunk)',
  ]),
  mutation('each chunk has a decoder of its own', [
    'event-reader.ts',
    'decoder.decode(chunk, { stream: true })',
    "new TextDecoder('utf-8', { ignoreBOM: true }).decode(chunk, { stream: true })",
  ]),
  mutation('a BOM is kept', [
    'event-reader.ts',
    'if (!overflow) parser.feed(text);',
    "if (!overflow) parser.feed(text.replace('\\uFEFF', ' '));",
  ]),
  mutation('every BOM is taken away', [
    'event-reader.ts',
    'if (!overflow) parser.feed(text);',
    "if (!overflow) parser.feed(text.replaceAll('\\uFEFF', ''));",
  ]),
  mutation('[DONE] is taken for an event', [
    'event-reader.ts',
    "if (data.trim() === '[DONE]') progress.complete = true;",
    '',
  ]),
  mutation('[DONE] has to be exact', ['event-reader.ts', "data.trim() === '[DONE]'", "data === '[DONE]'"]),
  mutation('any text with DONE ends the stream', [
    'event-reader.ts',
    "data.trim() === '[DONE]'",
    "data.includes('[DONE]')",
  ]),
  mutation('an event that is no JSON is left out', [
    'event-reader.ts',
    "throw failOnEvent('malformed', `not a JSON object (${data.length} characters)`);",
    'continue;',
  ]),
  mutation('an error event is left out', [
    'event-reader.ts',
    "if (name === 'error') throw failOnErrorEvent(value ?? data);",
    "if (name === 'error') continue;",
  ]),
  mutation('an error event is an event', [
    'event-reader.ts',
    "if (name === 'error') throw failOnErrorEvent(value ?? data);",
    '',
  ]),
  mutation('an error without a name is an event', [
    'event-reader.ts',
    'if (isErrorBody(value)) throw failOnErrorEvent(value);',
    'void isErrorBody;',
  ]),
  mutation('an error beside data is an event', ['event-reader.ts', "!isEnvelope || value?.['error']", '!isEnvelope']),
  mutation('a heartbeat breaks the stream', [
    'event-reader.ts',
    "progress.complete || !data || name !== 'message'",
    "progress.complete || name !== 'message'",
  ]),
  mutation('events of other names are judged', [
    'event-reader.ts',
    "progress.complete || !data || name !== 'message'",
    'progress.complete || !data',
  ]),
  mutation('events of other names are left out', [
    'event-reader.ts',
    'const isEnvelope = Array.isArray(value?.data);',
    "const isEnvelope = Array.isArray(value?.data); if (name !== 'message' && name !== 'error') continue;",
  ]),
  mutation('maxEventBytes is not checked', [
    'event-reader.ts',
    'if (isTooLong(data)) throw failOnLength();',
    'void isTooLong;',
  ]),
  mutation('the parser has no limit', [
    'event-reader.ts',
    'maxBufferSize: maxEventBytes + FIELD_NAME_LENGTH,',
    'maxBufferSize: maxEventBytes * 1e6 + FIELD_NAME_LENGTH,',
  ]),
  mutation('maxEventBytes counts characters', [
    'event-reader.ts',
    'new TextEncoder().encode(data).length > maxEventBytes',
    'data.length > maxEventBytes',
  ]),
  mutation('an event of just maxEventBytes is too large', [
    'event-reader.ts',
    'new TextEncoder().encode(data).length > maxEventBytes',
    'new TextEncoder().encode(data).length >= maxEventBytes',
  ]),
  mutation("the call's maxEventBytes is forgotten", [
    'core.ts',
    '...merged, num_samples }',
    '...settings, num_samples }',
  ]),
  mutation('a stream that is cut ends quietly', ['basic-event-stream.ts', 'if (failure) throw failure;', '']),
  mutation('a stream that is cut is complete', ['event-reader.ts', "onIncomplete === 'end' && !pending", '!pending']),
  mutation('onIncomplete hides an event that was cut', [
    'event-reader.ts',
    "onIncomplete === 'end' && !pending",
    "onIncomplete === 'end'",
  ]),
  mutation('onIncomplete is ignored', [
    'event-reader.ts',
    "onIncomplete === 'end' && !pending",
    "onIncomplete === 'end' && pending === undefined",
  ]),
  mutation('what is pending is not told', [
    'event-reader.ts',
    'const pending = isPending();',
    'const pending = isPending() && false;',
  ]),
  mutation('CR alone ends no line at the end', ['event-reader.ts', " || text.endsWith('\\r')", '']),
  mutation('a lost connection is a ConnectionError', [
    'basic-event-stream.ts',
    'error instanceof HumanloopError ? error : events.end(error)',
    'error instanceof HumanloopError ? error : call.fail(HumanloopError, "lost", String(error))',
  ]),
  mutation('a lost connection is a cut stream', [
    'event-reader.ts',
    "if (cause) return fail('disconnected', 'the connection was lost within the stream', { pending }, { cause });",
    'void cause;',
  ]),
  mutation('an error of a stream tells no text', [
    'event-reader.ts',
    'partial: partialOf(progress),',
    'partial: partialOf(progress).slice(0, 0),',
  ]),
  mutation('an error of a stream counts from 0', [
    'event-reader.ts',
    '`event ${call.stats.events + 1} is ${what}`',
    '`event ${call.stats.events} is ${what}`',
  ]),
  mutation('events after the end are given', [
    'event-reader.ts',
    'next < queue.length && !progress.complete',
    'next < queue.length',
  ]),
  mutation('the body is not drained', [
    'basic-event-stream.ts',
    'isWhole ? drain(reader) : undefined',
    'isWhole ? void cancel(reader) as never ?? Promise.resolve(void drain) : undefined',
  ]),
  mutation('a stream that is left stays open', ['basic-event-stream.ts', 'if (!isWhole) cancel(reader);', '']),
  mutation('a drain reads for ever', [
    'bytes.ts',
    'readRest(reader, DRAIN_BYTES, DRAIN_MS)',
    'readRest(reader, DRAIN_BYTES * 1e6, DRAIN_MS * 1e6)',
  ]),
  mutation('a cancel is forgotten', [
    'bytes.ts',
    'reader?.cancel().catch(() => {});',
    'reader?.closed.catch(() => {});',
  ]),
  mutation('bytes are not counted', ['event-reader.ts', 'call.stats.bytes += chunk.length;', '']),
  mutation('one sample ends the stream', ['progress.ts', '>= (progress.expected ?? 1)', '>= 1']),
  mutation('the last sample is not waited for', [
    'progress.ts',
    '>= (progress.expected ?? 1)',
    '>= (progress.expected ?? 1) - 1',
  ]),
  mutation('a sample finishes twice', [
    'progress.ts',
    'sample.finish_reason === null && ++progress.finished',
    '++progress.finished',
  ]),
  mutation('an empty finish reason ends a sample', [
    'progress.ts',
    '|| !entry.finish_reason) continue;',
    ') continue;',
  ]),
  mutation('all samples are the first', ['progress.ts', 'entry.index ?? position', '0']),
  mutation('an index that is missing is 0', ['progress.ts', 'entry.index ?? position', 'entry.index ?? 0']),
  mutation("the events' num_samples counts more than the request's", [
    'progress.ts',
    'progress.expected ??= event.num_samples ?? undefined;',
    'progress.expected = event.num_samples ?? progress.expected;',
  ]),
  mutation("the events' num_samples is not read", [
    'progress.ts',
    'progress.expected ??= event.num_samples ?? undefined;',
    '',
  ]),
  mutation("the request's num_samples is not read", [
    'event-reader.ts',
    'createProgress(num_samples)',
    'createProgress(num_samples && undefined)',
  ]),
  mutation('text is lost between blocks', [
    'progress.ts',
    'sample.settled += sample.recent.splice',
    'sample.settled = sample.recent.splice',
  ]),
  mutation('a null in data breaks the stream', ['progress.ts', 'if (!entry) continue;', '']),
  mutation('events are not counted', ['event-reader.ts', 'call.stats.events++;', '']),
  mutation('comments are taken for data', [
    'event-reader.ts',
    'if (!overflow) parser.feed(text);',
    "if (!overflow) parser.feed(text.replaceAll(/^:/gm, 'data:'));",
  ]),
  mutation('CR alone ends no line', [
    'event-reader.ts',
    'if (!overflow) parser.feed(text);',
    "if (!overflow) parser.feed(text.replaceAll(/\\r(?!\\n)/g, ' '));",
  ]),
  mutation('CR between chunks ends two lines', [
    'event-reader.ts',
    'if (!overflow) parser.feed(text);',
    "if (!overflow) parser.feed(text.replaceAll(/\\r\\n?/g, '\\n'));",
  ]),
  mutation('an event with DONE in its text ends the stream', [
    'event-reader.ts',
    'const isEnvelope = Array.isArray(value?.data);',
    "const isEnvelope = Array.isArray(value?.data); if (data.includes('[DONE]')) progress.complete = true;",
  ]),
  mutation('[DONE] ends nothing', [
    'event-reader.ts',
    "if (data.trim() === '[DONE]') progress.complete = true;",
    "if (data.trim() === '[DONE]') continue;",
  ]),
  mutation('an error event that is a text has no detail', [
    'event-reader.ts',
    'failOnErrorEvent(value ?? data)',
    'failOnErrorEvent(value)',
  ]),
  mutation('what the parser refuses is no error', ['event-reader.ts', 'if (overflow) throw failOnLength();', '']),
  mutation('a character that is cut is not pending', ['event-reader.ts', 'feed(decoder.decode());', '']),
];

export const readerMutations: ClientMutation[] = [
  mutation('a stream may be read twice', ['basic-event-stream.ts', 'this.#isRead = true;', '']),
  mutation('leaving the loop leaves the stream open', [
    'basic-event-stream.ts',
    'return: async () => { this.end(false); return DONE; },',
    'return: async () => DONE,',
  ]),
  mutation('disposing leaves the stream open', [
    'basic-event-stream.ts',
    'async [Symbol.asyncDispose](): Promise<void> { this.end(false); }',
    'async [Symbol.asyncDispose](): Promise<void> {}',
  ]),
  mutation('an abort is not told to who reads next', ['basic-event-stream.ts', 'this.#untold = !this.#reading;', '']),
  mutation('a failure of the stream ends the loop', [
    'basic-event-stream.ts',
    '} catch (error) { throw this.#fail(error);',
    '} catch (error) { this.#fail(error); return DONE;',
  ]),
  mutation('a stream that fails is complete', [
    'basic-event-stream.ts',
    'completed || (complete && !failure)',
    'completed || complete || failure !== undefined',
  ]),
  mutation('leaving at the last event is leaving early', [
    'basic-event-stream.ts',
    'completed || (complete && !failure)',
    'completed',
  ]),
  mutation('calls of next() get the same event', [
    'basic-event-stream.ts',
    'return this.#reading.then(this.next, this.next);',
    'return this.#reading;',
  ]),
  mutation('the time of the first event is that of the last', [
    'basic-event-stream.ts',
    'call.stats.firstEventMs ??=',
    'call.stats.firstEventMs =',
  ]),
  mutation('the end of a stream is told without its call being over', ['basic-event-stream.ts', 'call.dispose();', '']),
  mutation('pieces of tool calls replace one another', ['assembly.ts', 'has.startsWith(had) ? has : had + has', 'has']),
  mutation('repeated tool calls are added up', ['assembly.ts', 'has.startsWith(had) ? has : had + has', 'had + has']),
  mutation('tool calls are put together by place', ['assembly.ts', 'call.id ? other.id === call.id : index', 'index']),
  mutation('usage is counted for each sample of an event', [
    'assembly.ts',
    'else delete parts.usage;',
    'else parts.usage = usage;',
  ]),
  mutation('usage is that of the last', ['assembly.ts', 'before + value : value', 'value : value']),
  mutation('null takes away what was said', ['assembly.ts', 'if (!isEmpty || !(key in target))', 'if (key)']),
  mutation('raw_output is output', [
    'assembly.ts',
    'if (raw !== output) parts.patches.push',
    'if (raw === undefined) parts.patches.push',
  ]),
  mutation('the final text stops at the first piece', [
    'sample.ts',
    'while (await this.#isToCome());',
    'await this.#isToCome();',
  ]),
  mutation('a sample gives its text from the start again', ['sample.ts', 'offset += piece.length;', '']),
  mutation('a sample loses what came with the finish reason', ['sample.ts', 'offset < this.#progress.length ||', '']),
  mutation('leaving a sample leaves the stream open', [
    'event-stream.ts',
    'this.#followers === 0 && !this.#hasLoop) this.end(false);',
    'this.#followers < 0) this.end(false);',
  ]),
  mutation('leaving one sample ends the others', [
    'event-stream.ts',
    'this.#someoneLeft && this.#followers === 0 && !this.#hasLoop',
    'this.#someoneLeft',
  ]),
  mutation('final() of a stream that was left resolves', [
    'event-stream.ts',
    'if (outcome && !outcome.completed) {',
    'if (outcome && !outcome) {',
  ]),
  mutation('final() of a stream that failed resolves', [
    'event-stream.ts',
    'if (outcome?.failure) throw outcome.failure;',
    'if (outcome?.failure) return false;',
  ]),
  mutation('text() gives every piece to the first sample', [
    'event-stream.ts',
    'index: entry.index ?? position,',
    'index: 0,',
  ]),
  mutation('tee gives each event to one branch', ['tee.ts', 'if (!at.next) {', 'if (iterator) {']),
  mutation('one branch of tee closes both', ['tee.ts', 'if (--open === 0) await', 'if (--open < 2) await']),
  mutation('leaving both branches of tee closes nothing', [
    'tee.ts',
    'if (--open === 0) await iterator.return?.();',
    'open--;',
  ]),
  mutation('a stream that is passed on has no [DONE]', [
    'encode-events.ts',
    "if (progress.complete) controller.enqueue(encoder.encode('data: [DONE]\\n\\n'));",
    '',
  ]),
  mutation('a stream that is cut gets a [DONE]', [
    'encode-events.ts',
    'if (progress.complete) controller.enqueue',
    'controller.enqueue',
  ]),
  mutation('a stream that is passed on hides its error', [
    'encode-events.ts',
    "if (!(error instanceof StreamError) || error.code !== 'error-event') throw error;",
    "if (!(error instanceof StreamError) || error.code !== 'error-event') return controller.close();",
  ]),
  mutation('a stream that is passed on does not say its samples', [
    'encode-events.ts',
    '{ ...(value as Envelope), ...more }',
    'value',
  ]),
  mutation('leaving what is passed on leaves the stream open', ['encode-events.ts', 'await iterator.return?.();', '']),
  mutation('what is passed on is read ahead', ['encode-events.ts', '{ highWaterMark: 0 }', '{ highWaterMark: 8 }']),
  mutation('a recording keeps provider keys', [
    'testing/recorder.ts',
    "if (!body.includes('provider_api_keys')) return body;",
    'if (body) return body;',
  ]),
  mutation('a recording keeps cookies', ['testing/recorder.ts', 'set-cookie|', '']),
  mutation('a replay ends a broken stream well', [
    'testing/replay.ts',
    "else if (value === 'broken') controller.error(new TypeError('terminated'));",
    '',
  ]),
  mutation('a replay ignores the signal', [
    'testing/replay.ts',
    "signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });",
    '',
  ]),
  mutation('a branch of tee that is left goes on to hold events', ['tee.ts', 'at = {};', '']),
  mutation('every event that is passed on says the samples', ['encode-events.ts', 'more = {};', '']),
];
