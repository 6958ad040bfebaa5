import { join } from 'node:path';
import type { RecordingPolicy } from '../domain/recordings/recording-policy.js';
import { seconds } from '../domain/time.js';
import type { RecordingsConfig } from './config.js';
import type { ConfigIssue } from './issues.js';
import type { ConfigFile } from './schema.js';
import type { NamedFiles } from './secrets.js';

type FileRecording = ConfigFile['tenants'][number]['recording'];

export function recordingPolicy(section: FileRecording): RecordingPolicy {
  return {
    mode: section.mode,
    mustRecord: section.must_record,
    maxDuration: seconds(section.max_seconds),
    tags: section.tags,
    digits: { start: section.start_code, pause: section.pause_code, stop: section.stop_code },
  };
}

export function recordingPlaces(
  { recordings }: ConfigFile,
  files: NamedFiles,
  dataDir: string,
): RecordingsConfig {
  const place = (name: string | undefined, fallback: string): string =>
    name === undefined ? join(dataDir, fallback) : files.absolute(name);
  return {
    directory: place(recordings.directory, 'recordings'),
    mediaDirectory: place(recordings.media_directory, 'recordings-in-progress'),
  };
}

/** Codes that cannot be told apart as they are dialed, and one directory for plain and sealed files. */
export function recordingChecks(file: ConfigFile): ConfigIssue[] {
  const { directory, media_directory: plain } = file.recordings;
  const shared = directory !== undefined && directory === plain;
  return [
    ...file.tenants.flatMap(({ recording }, at) =>
      clashes(recording).map((field) => ({
        path: ['tenants', at, 'recording', field],
        message: 'ends with another code, which would be taken for it',
      })),
    ),
    ...(shared
      ? [{ path: ['recordings', 'media_directory'], message: 'is also where sealed ones lie' }]
      : []),
  ];
}

const CODES = ['start_code', 'pause_code', 'stop_code'] as const;

const clashes = (section: FileRecording): (typeof CODES)[number][] =>
  CODES.filter((field) =>
    CODES.some((other) => {
      const short = section[other];
      return other !== field && short !== undefined && section[field]?.endsWith(short) === true;
    }),
  );

/** Settings that do nothing because nothing is recorded. */
export function recordingDoubts(file: ConfigFile): ConfigIssue[] {
  return file.tenants.flatMap(({ recording }, at) => {
    const { mode, must_record: must } = recording;
    const idle = mode === 'off' && (must || CODES.some((field) => recording[field] !== undefined));
    if (!idle) return [];
    const message = 'is off, so that no call of this tenant is recorded, whatever else stands here';
    return [{ path: ['tenants', at, 'recording', 'mode'], message }];
  });
}
