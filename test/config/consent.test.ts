import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { issueText } from '../../src/config/issues.js';
import { region } from '../../src/domain/consent/region.js';
import { said, TestDir } from './support.js';

const dir = new TestDir();
type Section = Record<string, unknown>;
const load = (consent: Section, prompts: Section = {}) =>
  dir.load((file) => {
    file.tenants[0]!['consent'] = consent;
    Object.assign(file, { prompts });
  });
const check = (consent: Section, prompts?: Section) => said(() => load(consent, prompts));
const warnings = (consent: Section, prompts?: Section) =>
  load(consent, prompts).warnings.map((one) => issueText({ ...one, line: undefined as never }));

describe('a tenant’s consent policy', () => {
  it('is by law for everybody unless the file says otherwise', () => {
    const [tenant] = dir.load().tenants;
    expect(tenant?.consent).toMatchObject({
      roles: {
        customer: { mode: 'by-law', regions: new Map() },
        agent: { mode: 'by-law', regions: new Map() },
      },
      home: 'US',
      accept: '1',
      decline: '2',
      onRefusal: 'continue-unrecorded',
      onSilence: 'continue-unrecorded',
      language: undefined,
    });
  });

  it('has modes by role and region', () => {
    const [tenant] = load({
      customer: { mode: 'opt-in', regions: { 'US-CA': 'announce', DE: 'opt-in' } },
      home: 'US-NY',
    }).tenants;
    expect(tenant?.consent.roles.customer).toEqual({
      mode: 'opt-in',
      regions: new Map([
        [region('US-CA'), 'announce'],
        [region('DE'), 'opt-in'],
      ]),
    });
    expect(tenant?.consent.home).toBe('US-NY');
  });

  it('may not take one key for yes and no', () => {
    expect(check({ accept_digit: '2' })).toEqual([
      'tenants[0].consent.decline_digit: is the accept_digit too: yes and no would be one key',
    ]);
  });

  it.each(['US-XX', 'UK', 'QQ'])('may not name the region %s, which there is not', (place) => {
    expect(check({ home: place })).toEqual([
      'tenants[0].consent.home: names no country and no state of the US',
    ]);
    expect(check({ agent: { regions: { [place]: 'off' } } })).toEqual([
      `tenants[0].consent.agent.regions.${place}: names no country and no state of the US`,
    ]);
  });

  it('may not tell parts of other countries apart', () => {
    expect(check({ home: 'CA-QC' })).toEqual([
      'tenants[0].consent.home: names a part of a country: only states of the US are told apart',
    ]);
  });

  it('raises a doubt where it asks for less than the table of law, and where not none', () => {
    expect(
      warnings({ customer: { regions: { 'US-CA': 'off', 'US-NY': 'off', DE: 'opt-in' } } }),
    ).toEqual([
      'tenants[0].consent.customer.regions.US-CA: is off, which is less than the table of law has (Cal. Penal Code §§ 632, 632.7): make sure that something else allows the recording',
    ]);
  });

  it('raises a doubt where the prompts speak of other keys', () => {
    expect(warnings({ accept_digit: '5' })).toEqual([
      'tenants[0].consent.accept_digit: is 5, and the prompts that come with Callveil say 1: give prompts.dir',
    ]);
  });
});

describe('a directory of the operator’s prompts', () => {
  const place = (name: string, sound: string | Buffer): string => {
    const at = join(dir.path, 'own', name);
    mkdirSync(join(at, '..'), { recursive: true });
    if (typeof sound === 'string') cpSync(sound, at);
    else writeFileSync(at, sound);
    return join(dir.path, 'own');
  };

  it('must be there', () => {
    expect(check({}, { dir: 'nowhere' })).toEqual([
      'prompts.dir: names a directory that does not exist',
    ]);
  });

  it('is read from the directory of the file, and doubted where a name is no prompt’s', () => {
    place('en/goodbye.wav', 'prompts/en/goodbye.wav');
    place('en/godbye.wav', 'prompts/en/goodbye.wav');
    expect(load({}, { dir: 'own' }).prompts.dir).toBe(join(dir.path, 'own'));
    expect(warnings({}, { dir: 'own' })).toEqual([
      'prompts.dir: has en/godbye.wav, and no prompt is called so: it is never played',
    ]);
  });

  it('may have nothing in it that cannot be played', () => {
    place('acme/de/goodbye.wav', Buffer.from('MP3'));
    expect(check({}, { dir: 'own' })).toEqual([
      'prompts.dir: has acme/de/goodbye.wav, which is no WAV of 16 bits, mono, 8 or 16 kHz',
    ]);
  });
});
