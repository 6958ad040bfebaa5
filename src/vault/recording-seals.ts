import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  type CipherGCMTypes,
} from 'node:crypto';
import {
  RecordingFileError,
  type ReadableFile,
  type RecordingSeals,
  type SealedRecordingName,
  type UnsealedRecording,
} from '../flows/ports/recording-files.js';
import { derivedKeys } from './derived-keys.js';
import type { FileKey, VaultKeys } from './key-file.js';

/*
 * A sealed recording is a head and segments, the STREAM construction (Hoang, Reyhanitabar, Rogaway,
 * Vizár 2015) as Tink's AES-GCM-HKDF streaming uses it:
 *
 *   head     8 bytes magic and format, 4 bytes key version, 4 bytes segment size, 32 bytes salt
 *   segment  65536 bytes of AES-256-GCM ciphertext (the last one: 0 to 65536), 16 bytes tag
 *
 * A file has a key of its own, HKDF of the tenant's key with the salt. The nonce of a segment is its
 * number and whether it is the last, so that none can be cut off, moved or repeated; head, tenant
 * and recording are authenticated with each, so that no file can stand for another.
 */
const CIPHER: CipherGCMTypes = 'aes-256-gcm';
const MAGIC = Buffer.from('CVREC\0\0\x01', 'latin1');
const SALT_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 4 + 4 + SALT_BYTES;
const SEGMENT = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_SEGMENT = SEGMENT + TAG_BYTES;

export function recordingSeals(keys: VaultKeys): RecordingSeals {
  const tenantKey = derivedKeys('recording');
  const fileOf = (name: SealedRecordingName, head: Buffer, key: FileKey): SealedFile => {
    const salt = head.subarray(HEAD_BYTES - SALT_BYTES);
    const secret = hkdfSync('sha256', tenantKey(key, name.tenant), salt, 'callveil/recording', 32);
    return { key: Buffer.from(secret), associated: associated(head, name) };
  };

  return {
    seal: (name, plain) => {
      const { current } = keys;
      const head = writeHead(current.version);
      return sealed(fileOf(name, head, current), head, plain);
    },

    unseal: async (name, file) => {
      const head = Buffer.from(await file.read(0, HEAD_BYTES));
      const key = keys.byVersion.get(keyVersionOf(head));
      if (key === undefined) throw damaged();
      return await provenFile(fileOf(name, head, key), file);
    },
  };
}

/** What seals every segment of one file. */
interface SealedFile {
  readonly key: Buffer;
  readonly associated: Buffer;
}

function writeHead(keyVersion: number): Buffer {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(keyVersion, 0);
  numbers.writeUInt32BE(SEGMENT, 4);
  return Buffer.concat([MAGIC, numbers, randomBytes(SALT_BYTES)]);
}

function keyVersionOf(head: Buffer): number {
  const ours = head.length === HEAD_BYTES && head.subarray(0, MAGIC.length).equals(MAGIC);
  if (!ours || head.readUInt32BE(MAGIC.length + 4) !== SEGMENT) throw damaged();
  return head.readUInt32BE(MAGIC.length);
}

/** JSON, because no tenant, whatever its text, can make two names look the same in it. */
const associated = (head: Buffer, { tenant, id }: SealedRecordingName): Buffer =>
  Buffer.concat([head, Buffer.from(JSON.stringify([tenant, id]))]);

async function* sealed(
  file: SealedFile,
  head: Buffer,
  plain: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield head;
  let number = 0;
  let waiting = Buffer.alloc(0);
  for await (const part of plain) {
    waiting = Buffer.concat([waiting, part]);
    // A whole segment is held back until it is known not to be the last.
    while (waiting.length > SEGMENT) {
      yield sealSegment(file, number, false, waiting.subarray(0, SEGMENT));
      waiting = waiting.subarray(SEGMENT);
      number += 1;
    }
  }
  yield sealSegment(file, number, true, waiting);
}

function sealSegment(file: SealedFile, number: number, last: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, file.key, nonceOf(number, last), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(file.associated);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unsealSegment(file: SealedFile, number: number, last: boolean, bytes: Uint8Array): Buffer {
  if (bytes.length < TAG_BYTES) throw damaged();
  const decipher = createDecipheriv(CIPHER, file.key, nonceOf(number, last), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(file.associated);
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const plain = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    throw damaged();
  }
}

/** 96 bits that never repeat under one file's key. */
function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}

/** Only a file that ends where it was sealed to end has a last segment that says so. */
async function provenFile(file: SealedFile, bytes: ReadableFile): Promise<UnsealedRecording> {
  const body = bytes.size - HEAD_BYTES;
  const last = Math.max(0, Math.ceil(body / SEALED_SEGMENT) - 1);
  const segment = async (number: number): Promise<Buffer> => {
    const at = HEAD_BYTES + number * SEALED_SEGMENT;
    const length = Math.min(SEALED_SEGMENT, bytes.size - at);
    if (length < 0) throw damaged();
    return unsealSegment(file, number, number === last, await bytes.read(at, length));
  };
  const size = last * SEGMENT + (await segment(last)).length;
  return {
    size,
    read: async function* (from, to) {
      for (let number = Math.floor(from / SEGMENT); number * SEGMENT <= to; number += 1) {
        const begins = number * SEGMENT;
        const plain = await segment(number);
        yield plain.subarray(Math.max(0, from - begins), Math.min(plain.length, to + 1 - begins));
      }
    },
  };
}

const damaged = (): RecordingFileError =>
  new RecordingFileError('damaged', 'the recording is not what was sealed here, or by another key');
