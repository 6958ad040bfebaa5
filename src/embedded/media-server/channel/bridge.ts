import type { Channel, Connection } from './channel.js';

/**
 * Lets two channels hear each other, instead of what either was connected to or played. When one
 * goes, the other is parked: its application decides what becomes of it.
 */
export function bridge(one: Channel, other: Channel): void {
  for (const channel of [one, other]) {
    channel.connection?.leave();
    channel.interrupt('all');
  }
  const connections = [link(one, other), link(other, one)] as const;
  [one.connection, other.connection] = connections;
  one.port.bridge(other.port);
  for (const [channel, peer] of [
    [other, one],
    [one, other],
  ] as const) {
    channel.state = 'CS_SOFT_EXECUTE';
    channel.variables.set('bridge_channel', peer.name);
    channel.variables.set('bridge_uuid', peer.uuid);
    channel.variables.set('last_bridge_to', peer.uuid);
    const about = { Application: 'uuid_bridge', 'Application-Data': peer.uuid };
    channel.tellWithVariables('CHANNEL_EXECUTE', about);
  }
}

function link(channel: Channel, other: Channel): Connection {
  const connection: Connection = {
    otherLeg: other,
    leave: () => {
      if (channel.connection !== connection) return;
      channel.connection = undefined;
      other.connection = undefined;
      channel.port.unbridge();
      if (!other.gone) tellParked(other);
    },
  };
  return connection;
}

/** Takes a channel out of whatever it is in: it hears silence and waits to be told what is next. */
export function park(channel: Channel): void {
  channel.connection?.leave();
  channel.interrupt('all');
  tellParked(channel);
}

function tellParked(channel: Channel): void {
  channel.state = 'CS_PARK';
  const before = { 'Original-Channel-Call-State': 'ACTIVE' };
  channel.tell('CHANNEL_CALLSTATE', { ...before, 'Channel-Call-State': 'RINGING' });
  const ringing = { 'Original-Channel-Call-State': 'RINGING' };
  channel.tell('CHANNEL_CALLSTATE', { ...ringing, 'Channel-Call-State': 'ACTIVE' });
  channel.tellWithVariables('CHANNEL_EXECUTE', { Application: 'park' });
}
