/** Names of people, mixed as in a European contact centre, and what user names and addresses are made of them. */
import type { Random } from '../../random.ts';

const firstNames =
  `Aisha Alejandro Alice Amélie Ana Anders André Anja Anna Antonio Bálint Beatriz Ben Björn Camille
Carlos Caroline Chiara Chloé Claire Daniel David Deepa Dimitri Elena Elif Emma Erik Eva Farid Fatima Femke Finn
François Frida Gabriel George Giulia Grace Hannah Hans Harpreet Helen Ingrid Isabel Ivan Jack Jakub James Jan Jana
Joanna João John Jürgen Karin Katarzyna Kenji Laura Leila Liam Linda Lucas Luca Magda Maria Marie Markus Marta
Matteo Mehmet Mei Michael Miguel Mohamed Nadia Nicolas Nina Noah Olga Oliver Omar Paula Pedro Peter Pierre Priya
Rachel Rafael Raj Rosa Ruth Sara Sean Siobhán Sofia Søren Stefan Susan Tariq Teresa Thomas Tom Ursula Valentina
Viktor Wei Wojciech Yasmin Yusuf Zoë Zsófia`.split(/\s+/);

const lastNames =
  `Ahmed Andersen Andersson Bauer Becker Bennett Bernard Bianchi Brown Carter Chen Clark Costa Cruz
D'Angelo Davies De-Vries Dubois Dupont Eriksen Evans Fernández Ferrari Fischer Fontaine García Gonzalez Gruber
Gupta Hall Hansen Harris Hoffmann Horvath Hughes Ivanova Jackson Jansen Janssen Johansson Jones Kaya Kelly Khan
Kim Klein Kowalska Kowalski Kumar Lambert Larsen Laurent Lefèvre Lewis Lindberg Lopez MacDonald Martin Martínez
Meyer Moreau Morris Müller Nagy Nguyen Nielsen Novák O'Brien O'Connor Okafor Öztürk Papadopoulos Patel Pereira
Peters Petit Popescu Ricci Roberts Robinson Rossi Roux Russo Sánchez Santos Schmidt Schneider Schröder Silva Singh
Smith Sørensen Svensson Tanaka Taylor Thompson Toth Tremblay Turner Van-Dijk Vargas Vincent Wagner Walker Weber
White Williams Wilson Wiśniewski Wood Wright Yılmaz Zimmermann`.split(/\s+/);

export interface PersonName {
  readonly first: string;
  readonly last: string;
}

export function drawName(random: Random): PersonName {
  return { first: random.pick(firstNames), last: random.pick(lastNames).replaceAll('-', ' ') };
}

/** Letters that do not come apart into a plain letter and a mark. */
const special: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', ß: 'ss', æ: 'ae', ı: 'i' };

/** Small plain letters: what remains of a name in user names and addresses. */
export function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[øłßæı]/g, (letter) => special[letter] ?? '')
    .normalize('NFD')
    .replaceAll(/[^a-z]/g, '');
}
