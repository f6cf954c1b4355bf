export { createRecorder, type Recorder } from './recorder.ts';
export { type Exchange, readRecording, writeRecording } from './recording.ts';
export { createReplay, type ReplayOptions } from './replay.ts';
