import { allParty, oneParty, type LawRow } from './law-row.js';

/**
 * Recording of telephone calls by the law of each state of the US, the District of Columbia and the
 * territories. Where statute and courts differ, or one statute is stricter than another, the
 * stricter reading stands, with a note. A notice heard by who then goes on talking is what
 * all-party states take for consent.
 */
export const US_LAW = {
  'US-AK': oneParty('Alaska Stat. § 42.20.310(a)(1)'),
  'US-AL': oneParty('Ala. Code §§ 13A-11-30(1), 13A-11-31'),
  'US-AR': oneParty('Ark. Code Ann. § 5-60-120(a)'),
  'US-AZ': oneParty('Ariz. Rev. Stat. §§ 13-3005(A), 13-3012(9)'),
  'US-CA': allParty('Cal. Penal Code §§ 632, 632.7'),
  'US-CO': oneParty('Colo. Rev. Stat. § 18-9-303(1)(a)'),
  'US-CT': allParty(
    'Conn. Gen. Stat. § 52-570d',
    'The criminal statute, § 53a-187, is content with one party; the civil one is not.',
  ),
  'US-DC': oneParty('D.C. Code § 23-542(b)(3)'),
  'US-DE': allParty(
    'Del. Code Ann. tit. 11, § 1335(a)(4)',
    'The wiretap statute, tit. 11 § 2402(c)(4), is content with one party: the stricter stands.',
  ),
  'US-FL': allParty('Fla. Stat. § 934.03(2)(d)'),
  'US-GA': oneParty('Ga. Code Ann. §§ 16-11-62, 16-11-66(a)'),
  'US-HI': oneParty('Haw. Rev. Stat. § 803-42(b)(3)(A)'),
  'US-IA': oneParty('Iowa Code §§ 727.8, 808B.2(2)(c)'),
  'US-ID': oneParty('Idaho Code § 18-6702(2)(d)'),
  'US-IL': allParty('720 Ill. Comp. Stat. 5/14-2(a)'),
  'US-IN': oneParty('Ind. Code §§ 35-31.5-2-176, 35-33.5-5-5'),
  'US-KS': oneParty(
    'Kan. Stat. Ann. § 21-6101(a)',
    'By State v. Roudybush, 235 Kan. 834 (1984), a party may consent for itself.',
  ),
  'US-KY': oneParty('Ky. Rev. Stat. Ann. §§ 526.010, 526.020'),
  'US-LA': oneParty('La. Rev. Stat. Ann. § 15:1303(C)(4)'),
  'US-MA': allParty('Mass. Gen. Laws ch. 272, § 99'),
  'US-MD': allParty('Md. Code Ann., Cts. & Jud. Proc. § 10-402(c)(3)'),
  'US-ME': oneParty('Me. Rev. Stat. tit. 15, §§ 709(4), 710(1)'),
  'US-MI': allParty(
    'Mich. Comp. Laws §§ 750.539a(2), 750.539c',
    'Courts let a party record for itself (Sullivan v. Gray, 1982); whoever records between the parties is none.',
  ),
  'US-MN': oneParty('Minn. Stat. § 626A.02, subd. 2(d)'),
  'US-MO': oneParty('Mo. Rev. Stat. § 542.402.2(3)'),
  'US-MS': oneParty('Miss. Code Ann. § 41-29-531(e)'),
  'US-MT': allParty('Mont. Code Ann. § 45-8-213(1)(c)'),
  'US-NC': oneParty('N.C. Gen. Stat. § 15A-287(a)'),
  'US-ND': oneParty('N.D. Cent. Code § 12.1-15-02(3)(c)'),
  'US-NE': oneParty('Neb. Rev. Stat. § 86-290(2)(c)'),
  'US-NH': allParty('N.H. Rev. Stat. Ann. § 570-A:2'),
  'US-NJ': oneParty('N.J. Stat. Ann. § 2A:156A-4(d)'),
  'US-NM': oneParty('N.M. Stat. Ann. § 30-12-1'),
  'US-NV': allParty(
    'Nev. Rev. Stat. § 200.620',
    'By Lane v. Allstate, 114 Nev. 1176 (1998), wire communications need the consent of all.',
  ),
  'US-NY': oneParty('N.Y. Penal Law §§ 250.00, 250.05'),
  'US-OH': oneParty('Ohio Rev. Code Ann. § 2933.52(B)(4)'),
  'US-OK': oneParty('Okla. Stat. tit. 13, § 176.4(5)'),
  'US-OR': oneParty(
    'Or. Rev. Stat. § 165.540(1)(a)',
    'Conversations in person need all parties to be told; telecommunications do not.',
  ),
  'US-PA': allParty('18 Pa. Cons. Stat. §§ 5703, 5704(4)'),
  'US-RI': oneParty('R.I. Gen. Laws § 11-35-21(c)(3)'),
  'US-SC': oneParty('S.C. Code Ann. § 17-30-30'),
  'US-SD': oneParty('S.D. Codified Laws § 23A-35A-20'),
  'US-TN': oneParty('Tenn. Code Ann. § 39-13-601(b)(5)'),
  'US-TX': oneParty('Tex. Penal Code § 16.02(c)(4)'),
  'US-UT': oneParty('Utah Code Ann. § 77-23a-4(7)(b)'),
  'US-VA': oneParty('Va. Code Ann. § 19.2-62(B)(2)'),
  'US-VT': allParty(
    '18 U.S.C. § 2511(2)(d)',
    'No statute of its own; federal law would be content with one party. Uncertain: the stricter stands.',
  ),
  'US-WA': allParty('Wash. Rev. Code § 9.73.030(1), (3)'),
  'US-WI': oneParty(
    'Wis. Stat. § 968.31(2)(c)',
    'A recording not announced is no evidence in civil cases (§ 885.365).',
  ),
  'US-WV': oneParty('W. Va. Code § 62-1D-3(e)'),
  'US-WY': oneParty('Wyo. Stat. Ann. § 7-3-702(b)'),
  // A number of the US whose state nobody knows, toll-free ones above all: as the strictest state.
  US: allParty(
    '18 U.S.C. § 2511(2)(d)',
    'Federal law is content with one party; the state is unknown, so the strictest state stands.',
  ),
  // The territories have country codes of their own (ISO 3166), and numbers of their own.
  AS: allParty('18 U.S.C. § 2511(2)(d)', 'Own law not known: as the strictest state.'),
  GU: allParty('18 U.S.C. § 2511(2)(d)', 'Own law not known: as the strictest state.'),
  MP: allParty('18 U.S.C. § 2511(2)(d)', 'Own law not known: as the strictest state.'),
  PR: allParty(
    'P.R. Const. art. II, § 10',
    'The constitution forbids the interception of telephone calls: as the strictest state.',
  ),
  VI: allParty('18 U.S.C. § 2511(2)(d)', 'Own law not known: as the strictest state.'),
} as const satisfies Readonly<Record<string, LawRow>>;
