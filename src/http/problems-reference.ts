import { PROBLEMS } from './problems.js';

const INTRO = `# Problems

Generated from src/http/problems.ts by \`npm run docs\`; do not edit it by hand.

Every error of the HTTP API is an \`application/problem+json\` body (RFC 9457):

\`\`\`json
{
  "type": "urn:callveil:problem:invalid-request",
  "title": "Invalid Request",
  "status": 400,
  "code": "invalid-request",
  "detail": "Fields are missing, unknown or out of range; \`errors\` names each.",
  "errors": [{ "field": "participants[0].number", "message": "is required" }]
}
\`\`\`

Decide on \`code\`: codes are stable, the other texts are for people. \`errors\` is always there and may
be empty. No answer repeats a value that was sent.

| code | status | meaning |
|---|---|---|
`;

/** docs/problems.md. */
export function problemsReference(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, help }]) => `| \`${code}\` | ${status} | ${help} |`,
  );
  return `${INTRO}${rows.join('\n')}\n`;
}
