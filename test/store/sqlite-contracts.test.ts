import { systemClock } from '../../src/boot/system-clock.js';
import { describeConsentLog } from '../contract/consent-log.contract.js';
import { describeLateCallbacks } from '../contract/late-callbacks.contract.js';
import { describeLegRecords } from '../contract/leg-records.contract.js';
import { describeRecordingStore } from '../contract/recording-store.contract.js';
import { describeSealedParties } from '../contract/sealed-parties.contract.js';
import { describeSessionStore, type StoreUnderTest } from '../contract/session-store.contract.js';
import { sqliteFile, sqliteMemory, type Place } from '../support/sqlite-places.js';

const places = {
  'an SQLite file': () => sqliteFile(),
  'an SQLite file with time to wait': () => sqliteFile(systemClock()),
  'SQLite in memory': sqliteMemory,
};

for (const [name, place] of Object.entries(places)) {
  const start =
    <T>(port: (of: Place) => T) =>
    (): Promise<StoreUnderTest<T>> => {
      const at = place();
      return Promise.resolve({ store: port(at), close: () => at.close() });
    };
  describeSessionStore(
    name,
    start(({ store }) => store.sessions),
  );
  describeLateCallbacks(
    name,
    start(({ store }) => store.sessions),
  );
  describeLegRecords(
    name,
    start(({ store }) => store.records),
  );
  describeRecordingStore(
    name,
    start(({ store }) => store.recordings),
  );
  describeConsentLog(
    name,
    start(({ store }) => store.consents),
  );
  describeSealedParties(
    name,
    start(({ store }) => store.parties),
  );
}
