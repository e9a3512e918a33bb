/** The command `link`, to be started or to be given further commands; and its checks, for tests of peers. */
export { linkProcess } from './cli/process.ts';
export type { Into } from './cli/replay.ts';
export { linkCli } from './cli/run.ts';
export { defaultLimits } from './conformance/context.ts';
export type { Row } from './conformance/rows.ts';
export { runConformance } from './conformance/run.ts';
export { Masker } from './mask/mask.ts';
export { simulator, simulatorPeople } from './players/simulator.ts';
export { Recorder } from './record/recorder.ts';
export { parseRecording } from './record/recording.ts';
export { play } from './replay/play.ts';
export { namesIn, type Script, scriptOf } from './replay/script.ts';
export { ReplayServer } from './replay/server.ts';
export { comparisonMarkdown, comparisonText, type Report, reportOf } from './report/report.ts';
