/** The plan of the house as rules: docs/architecture.md tells the reasons. */
const edge = ['sip', 'media', 'store', 'vault', 'integrations', 'telemetry'];
const only = (name, path, from) => ({
  name,
  severity: 'error',
  from: { path: '^src', pathNot: from },
  to: { path },
});

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'Rules do no I/O: domain imports domain and pure libraries only.',
      severity: 'error',
      from: { path: '^src/domain' },
      to: {
        path: '^(src/(?!domain)|node:(?!util$|assert$))',
        dependencyTypesNot: ['npm'],
      },
    },
    {
      name: 'flows-see-domain-only',
      severity: 'error',
      from: { path: '^src/flows' },
      to: { path: '^src/(?!domain|flows)' },
    },
    {
      name: 'http-calls-flows',
      severity: 'error',
      from: { path: '^src/http' },
      to: { path: '^src/(?!domain|flows|http)' },
    },
    {
      name: 'config-imports-domain-only',
      severity: 'error',
      from: { path: '^src/config' },
      to: { path: '^src/(?!domain|config)' },
    },
    ...edge.map((room) => ({
      name: `${room}-implements-ports-only`,
      comment: 'Edge rooms see domain and the ports of flows, never each other.',
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/(?!domain|flows/ports|${room}/)` },
    })),
    {
      name: 'embedded-stands-alone',
      severity: 'error',
      from: { path: '^src/embedded/([^/]+)' },
      to: {
        path: '^src/',
        pathNot: ['^src/embedded/$1', '^src/embedded/sip-server/(message|transaction|transport)/'],
      },
    },
    {
      name: 'sip-server-knows-no-media',
      comment:
        'The media server speaks SIP with the parts of the SIP server (ADR 7), never the other way.',
      severity: 'error',
      from: { path: '^src/embedded/sip-server' },
      to: { path: '^src/embedded/media-server' },
    },
    {
      name: 'phones-stand-alone',
      comment: 'The scripted phones judge the B2BUA, so they share no code with it.',
      severity: 'error',
      from: { path: '^src/phones' },
      to: { path: '^src/(?!phones)' },
    },
    only('embedded-is-wired-in-boot', '^src/embedded', ['^src/boot', '^src/embedded']),
    only('drachtio-srf-only-in-sip', 'node_modules/drachtio-srf', ['^src/sip']),
    only('drachtio-fsmrf-only-in-media', 'node_modules/drachtio-fsmrf', ['^src/media']),
    only('better-sqlite3-only-in-sqlite', 'node_modules/better-sqlite3', ['^src/store/sqlite']),
    // trunk-table takes BlockList, the address matcher of node:net, and opens no socket.
    only('sockets-only-at-the-wire', '^(node:)?(dgram|net|tls)$', [
      '^src/embedded',
      '^src/phones',
      '^src/sip/trunk-table',
      // Whether an event socket is there is asked before drachtio-fsmrf, which cannot tell.
      '^src/media/(check-server|server-link|fsmrf)',
    ]),
    only('fastify-only-in-http', 'node_modules/(@?fastify)', ['^src/http']),
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src' }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
};
