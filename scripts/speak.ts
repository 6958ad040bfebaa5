import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Spoken {
  /** As espeak-ng calls it. */
  readonly voice: string;
  readonly text: string;
  /** Words a minute. */
  readonly speed?: number;
}

/** Spoken at espeak-ng's own rate, then cut to the speech, levelled and made narrow-band. */
export function speak({ voice, text, speed = 150 }: Spoken, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const spoken = execFileSync('espeak-ng', [
    '-v',
    voice,
    '-s',
    String(speed),
    '--stdout',
    '--',
    text,
  ]);
  const cut = [
    'silence',
    '1',
    '0.01',
    '0.5%',
    'reverse',
    'silence',
    '1',
    '0.01',
    '0.5%',
    'reverse',
  ];
  // -D and -R: no dither and no chance, so that the same text makes the same file.
  execFileSync(
    'sox',
    [
      ...['-D', '-R', '-t', 'wav', '--ignore-length', '-', '-b', '16', '-c', '1', '-r', '8000'],
      ...['-e', 'signed-integer', target, 'highpass', '150', ...cut, 'pad', '0.05', '0.15'],
      ...['gain', '-n', '-3'],
    ],
    { input: spoken, stdio: ['pipe', 'inherit', 'ignore'] },
  );
}
