import { allParty, optIn, type LawRow } from './law-row.js';

/**
 * Directive 2002/58/EC Art. 5(1): no storage of communications by others than the users without
 * the consent of the users concerned; consent is a clear affirmative act (GDPR recital 32). Some
 * authorities accept a notice and a right to object where the recording rests on another basis than
 * consent: who relies on that says so in the tenant's policy.
 */
const EU = 'Directive 2002/58/EC Art. 5(1); Regulation (EU) 2016/679 Art. 4(11), 7, 13';
const eu = (national?: string): LawRow => optIn(national === undefined ? EU : `${national}; ${EU}`);

const CONSENT_OF_THE_PERSON =
  'Data-protection law asks for the consent of the person; whether staying on the line is enough is uncertain: the stricter stands.';
const personal = (source: string): LawRow => optIn(source, CONSENT_OF_THE_PERSON);

/**
 * Recording of telephone calls by country (ISO 3166 alpha-2). What nobody has looked up is not here
 * and counts as unknown, which is the strictest.
 */
export const COUNTRY_LAW = {
  // European Union.
  AT: eu('StGB (Austria) § 120'),
  BE: eu('Code pénal (Belgium) art. 314bis'),
  BG: eu('Criminal Code (Bulgaria) Art. 339a'),
  CY: eu(),
  CZ: eu('Civil Code (Czechia) § 86'),
  DE: eu('StGB (Germany) § 201'),
  DK: eu('Straffeloven (Denmark) § 263'),
  EE: eu(),
  ES: eu('Código Penal (Spain) art. 197'),
  FI: eu(),
  FR: eu('Code pénal (France) art. 226-1, 226-15'),
  GR: eu('Penal Code (Greece) Art. 370A'),
  HR: eu('Criminal Code (Croatia) Art. 143'),
  HU: eu('Civil Code (Hungary) § 2:48'),
  IE: eu('Postal and Telecommunications Services Act 1983 (Ireland) s. 98'),
  IT: eu('Codice penale (Italy) art. 617; D.Lgs. 196/2003'),
  LT: eu(),
  LU: eu('Loi du 11 août 1982 (Luxembourg) art. 2'),
  LV: eu(),
  MT: eu(),
  NL: eu('Wetboek van Strafrecht (Netherlands) art. 139c'),
  PL: eu('Kodeks karny (Poland) art. 267'),
  PT: eu('Código Penal (Portugal) art. 199'),
  RO: eu('Cod penal (Romania) art. 302'),
  SE: eu('Brottsbalken (Sweden) 4 kap. 8–9 a §'),
  SI: eu('Criminal Code (Slovenia) Art. 137'),
  SK: eu('Civil Code (Slovakia) § 11–12'),
  // Parts of member states that have country codes of their own.
  AX: eu('Åland: as Finland'),
  GF: eu('French Guiana: Code pénal (France) art. 226-1'),
  GP: eu('Guadeloupe: Code pénal (France) art. 226-1'),
  MF: eu('Saint-Martin: Code pénal (France) art. 226-1'),
  MQ: eu('Martinique: Code pénal (France) art. 226-1'),
  RE: eu('Réunion: Code pénal (France) art. 226-1'),
  YT: eu('Mayotte: Code pénal (France) art. 226-1'),
  // European Economic Area.
  IS: eu('EEA Agreement, Joint Committee Decisions 80/2003 and 154/2018'),
  LI: eu('StGB (Liechtenstein) § 120; EEA Agreement, Joint Committee Decision 154/2018'),
  NO: eu('Straffeloven (Norway) § 205; EEA Agreement, Joint Committee Decision 154/2018'),
  // The rest of Europe.
  AD: personal('Llei 29/2021 de protecció de dades personals (Andorra) art. 5–7'),
  AL: personal('Criminal Code (Albania) Art. 121–123'),
  CH: optIn(
    'StGB (Switzerland) Art. 179bis, 179ter, 179quinquies',
    'Consent may be shown by staying on the line after a notice; disputed: the stricter stands.',
  ),
  GB: allParty(
    'Investigatory Powers Act 2016 s. 3, 46; SI 2018/356 reg. 3–4; UK GDPR Art. 13',
    'Businesses must make all reasonable efforts to tell everybody who uses the line.',
  ),
  GE: personal('Criminal Code (Georgia) Art. 158'),
  ME: personal('Criminal Code (Montenegro) Art. 173'),
  MK: personal('Criminal Code (North Macedonia) Art. 151'),
  RS: personal('Criminal Code (Serbia) Art. 143; ZZPL Art. 12, 15'),
  RU: personal('Constitution (Russia) Art. 23(2); Federal Law 152-FZ Art. 6, 9'),
  TR: personal('Law 5237 (Türkiye) Art. 132, 133; Law 6698 Art. 5, 10'),
  UA: personal('Criminal Code (Ukraine) Art. 163; Law 2297-VI Art. 6'),
  // The Americas.
  AR: personal('Código Penal (Argentina) art. 153; Ley 25.326 art. 5, 6'),
  BR: allParty(
    'Lei 9.296/1996 (Brazil) art. 10; Lei 13.709/2018 art. 7, 9',
    'A party may record for itself; who records for a company tells the other.',
  ),
  CA: allParty(
    'Criminal Code (Canada) s. 184(2)(a); PIPEDA s. 6.1 and Sch. 1 cl. 4.3',
    'The Criminal Code is content with one party; PIPEDA wants organisations to tell, and to go on only with who stays.',
  ),
  CL: personal('Código Penal (Chile) art. 161-A; Ley 19.628 art. 4'),
  CO: personal('Ley 1581 de 2012 (Colombia) art. 9'),
  CR: personal('Ley 8968 (Costa Rica) art. 5'),
  DO: personal('Ley 172-13 (Dominican Republic) art. 5'),
  EC: personal('Código Orgánico Integral Penal (Ecuador) art. 178'),
  MX: personal('Constitution (Mexico) art. 16; Código Penal Federal art. 177'),
  PA: personal('Ley 81 de 2019 (Panama) art. 6'),
  PE: personal('Código Penal (Peru) art. 162; Ley 29733 art. 13'),
  UY: personal('Ley 18.331 (Uruguay) art. 9'),
  // Asia and the Pacific.
  AU: allParty(
    'Telecommunications (Interception and Access) Act 1979 (Cth) s. 6, 7',
    'Recording in passage is interception unless who speaks knows of it; the Surveillance Devices Acts of some states ask for the consent of all.',
  ),
  CN: personal('Personal Information Protection Law (China) Art. 13, 14, 17'),
  HK: allParty('Personal Data (Privacy) Ordinance (Cap. 486) Sch. 1, Principle 1(3)'),
  ID: personal('Law 36/1999 (Indonesia) Art. 40; Law 27/2022 Art. 20, 22'),
  IN: personal('Digital Personal Data Protection Act 2023 (India) s. 5, 6'),
  JP: allParty(
    'Act on the Protection of Personal Information (Japan) Art. 21; Telecommunications Business Act Art. 4',
    'A party may record for itself; the secrecy of communications binds whoever carries them: the stricter stands.',
  ),
  KR: personal(
    'Protection of Communications Secrets Act (Korea) Art. 3, 14; Personal Information Protection Act Art. 15',
  ),
  MY: personal('Personal Data Protection Act 2010 (Malaysia) s. 6, 7'),
  NZ: allParty(
    'Crimes Act 1961 (New Zealand) s. 216B; Privacy Act 2020 s. 22, principle 3',
    'The Crimes Act is content with one party; principle 3 wants the person told.',
  ),
  PH: personal('Republic Act 4200 (Philippines) s. 1'),
  SG: allParty('Personal Data Protection Act 2012 (Singapore) s. 13, 15, 20'),
  TH: personal('Personal Data Protection Act B.E. 2562 (Thailand) s. 19'),
  TW: allParty(
    'Communication Security and Surveillance Act (Taiwan) Art. 29; Personal Data Protection Act Art. 8',
    'One party may record for itself; data-protection law wants the person told.',
  ),
  // Africa and the Middle East.
  AE: personal('Federal Decree-Law 34/2021 (United Arab Emirates) Art. 44'),
  EG: personal('Penal Code (Egypt) Art. 309 bis'),
  GH: personal('Data Protection Act 2012 (Ghana) s. 20'),
  IL: allParty(
    'Secret Monitoring Law 5739-1979 (Israel) s. 1, 2; Privacy Protection Law 5741-1981 s. 11',
    'The consent of one party makes it no secret monitoring; the Privacy Protection Law wants the person told.',
  ),
  KE: personal('Data Protection Act 2019 (Kenya) s. 29, 30, 32'),
  MA: personal('Loi 09-08 (Morocco) art. 4, 5'),
  NG: personal('Nigeria Data Protection Act 2023 s. 25, 26'),
  SA: personal('Personal Data Protection Law, Royal Decree M/19 (Saudi Arabia) Art. 5, 6'),
  TN: personal('Loi organique 2004-63 (Tunisia) art. 27'),
  ZA: allParty(
    'RICA Act 70 of 2002 (South Africa) s. 4–6; POPIA Act 4 of 2013 s. 18',
    'RICA is content with one party, or with reasonable efforts to tell where a business records; POPIA wants the person told.',
  ),
} as const satisfies Readonly<Record<string, LawRow>>;
