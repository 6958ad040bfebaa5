import { describe, expect, it } from 'vitest';
import { said, TestDir } from './support.js';

const dir = new TestDir();
dir.write('carrier.pass', 'cArrier-s3cret \nwritten by ops\n');
dir.write('drachtio.secret', 'cymru-of-ours\n');
dir.write('empty', '\nsecond line\n');

const withSecrets = (passwordFile: string) => () =>
  dir.load((file) => {
    file.sip.engine = 'drachtio';
    file.sip.drachtio = { secret_file: 'drachtio.secret' };
    file.trunks[0]!.outbound_credentials = { username: 'u', password_file: passwordFile };
  });

describe('secret files', () => {
  it('give their first line, without spaces around it', () => {
    const config = withSecrets('carrier.pass')();
    expect(config.trunks[0]?.outboundCredentials).toEqual({
      username: 'u',
      password: 'cArrier-s3cret',
    });
    expect(config.sip.drachtio?.secret).toBe('cymru-of-ours');
  });

  it('are refused when absent, empty or a directory, by the key that names them', () => {
    const path = 'trunks[0].outbound_credentials.password_file';
    expect(said(withSecrets('absent'))).toEqual([`${path}: names a file that does not exist`]);
    expect(said(withSecrets('empty'))).toEqual([`${path}: names a file whose first line is empty`]);
    expect(said(withSecrets('.'))).toEqual([`${path}: names a file that is a directory`]);
  });

  it('must exist when the operator names the vault key: a lost mount must not make a new key', () => {
    expect(said(() => dir.load((file) => (file.vault.key_file = 'absent.key')))).toEqual([
      'vault.key_file: names a file that does not exist',
    ]);
  });

  it('are told together with everything else that is wrong', () => {
    const lines = said(() =>
      dir.load((file) => {
        file.http.token_file = 'absent';
        file.tenants[0]!.raw_dialing = 'allow';
      }),
    );
    expect(lines).toHaveLength(2);
  });
});
