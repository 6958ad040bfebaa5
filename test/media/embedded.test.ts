import { startTestMediaServer } from '../support/embedded-media-server.js';
import { describeMediaServers } from '../contract/media-servers.contract.js';

describeMediaServers('the embedded media server', () => startTestMediaServer());
