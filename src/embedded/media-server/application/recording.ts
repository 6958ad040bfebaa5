import type { Application } from './run.js';

/** `record_session PATH [+SECONDS]`: goes on until it is stopped. That it could not start is not told. */
export const recordSession: Application = async (channel, argument) => {
  const [, path = '', limit = '0'] = /^(\S+)(?: +\+?(\d{1,6}))?/.exec(argument.trim()) ?? [];
  const runs = await channel.recordings.start(path, Number(limit));
  if (runs) channel.tellWithVariables('RECORD_START', { 'Record-File-Path': path });
  return '_none_';
};

/** `stop_record_session PATH`, or `all`. */
export const stopRecordSession: Application = async (channel, argument) => {
  const path = argument.trim();
  if (path === 'all') await channel.recordings.stopAll();
  else await channel.recordings.stop(path);
  return '_none_';
};
