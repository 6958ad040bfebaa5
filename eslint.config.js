import tseslint from 'typescript-eslint';

/** Only these may turn a RealNumber back into digits; everyone else sees a partial mask. */
const mayUnmask = [
  'src/domain/numbers/**',
  'src/domain/identity/**',
  'src/sip/**',
  'src/vault/**',
  'test/**',
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', '.dependency-cruiser.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      complexity: ['error', 12],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: 'Take time from a Clock (domain/time).' },
        { name: 'setInterval', message: 'Take time from a Clock (domain/time).' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take time from a Clock (domain/time).' },
        { object: 'Math', property: 'random', message: 'Take ids from Ids (domain/ids).' },
        { object: 'process', property: 'env', message: 'The environment is read in config/ only.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/numbers/real-number.js'],
              importNames: ['unmask', 'spellingsOfNumber'],
              message: 'Digits are read only where a leg is addressed or a secret is sealed.',
            },
            {
              group: ['**/numbers/party-address.js'],
              importNames: ['unmaskParty'],
              message: 'Digits are read only where a leg is addressed or a secret is sealed.',
            },
          ],
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: mayUnmask, rules: { 'no-restricted-imports': 'off' } },
  {
    // The SIP and media engines know nothing of the house: they keep their own time and ids.
    files: ['src/embedded/**', 'src/phones/**', 'src/boot/**', 'test/**', 'bench/**'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['src/config/**'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: [
      'src/cli/**',
      'src/main.ts',
      'scripts/**',
      'test/load/**',
      'test/**/bench.ts',
      'bench/**',
    ],
    rules: { 'no-console': 'off' },
  },
  { files: ['scripts/**'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['test/**', 'sip-scenarios/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  { files: ['**/*.js', '*.config.ts'], extends: [tseslint.configs.disableTypeChecked] },
);
