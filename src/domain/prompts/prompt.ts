/** Everything that Callveil says by itself; each is a sound in each language. */
export const PROMPT_NAMES = [
  ...(['consent-announce', 'consent-opt-in', 'consent-opt-out'] as const),
  ...(['consent-thanks', 'consent-refused', 'consent-ended'] as const),
  ...(['ivr-greeting', 'ivr-case-number', 'ivr-pin', 'ivr-not-found'] as const),
  ...(['ivr-connecting', 'ivr-operator', 'ivr-case-closed', 'goodbye'] as const),
] as const;

export type PromptName = (typeof PROMPT_NAMES)[number];

/** ISO 639-1: the languages that Callveil speaks. Operators may add others, with sounds of their own. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl'] as const;

/** Spoken where nothing else is known, and where a sound is missing in a language. */
export const FALLBACK_LANGUAGE = 'en';

/** Countries where one of our languages is what most people are spoken to in. */
const COUNTRIES: Readonly<Record<string, string>> = {
  de: 'AT CH DE LI',
  fr: 'BE FR GF GP LU MC MF MQ RE YT BF BJ CD CG CI CM GA GN ML NE SN TG HT',
  es: 'AD AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV UY VE',
  it: 'IT SM VA',
  nl: 'AW CW NL SR SX',
  pt: 'AO BR CV GW MZ PT ST TL',
  pl: 'PL',
};

const LANGUAGE_OF = new Map(
  Object.entries(COUNTRIES).flatMap(([language, countries]) =>
    countries.split(' ').map((country) => [country, language] as const),
  ),
);

/** The language in which a party of this country (ISO 3166 alpha-2) is spoken to. */
export const languageOf = (country: string): string =>
  LANGUAGE_OF.get(country) ?? FALLBACK_LANGUAGE;
