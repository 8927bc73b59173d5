/** What is said in a language: one text, or one for each form of its plural. */
export type Sayings = Readonly<Record<string, string | Readonly<Record<string, string>>>>

const KEPT = 'vastrox-language'
const ENGLISH = 'en'

/** The languages beside English: a file each, which only those load who chose it. */
const files = import.meta.glob<Sayings>('../../words/??.json', { import: 'default' })
const pathOf = (name: string): string => `../../words/${name}.json`

export const languages: readonly string[] = [
  ENGLISH,
  ...Object.keys(files).map((path) => path.slice(-'de.json'.length, -'.json'.length)),
]

/** The one that was chosen here, else the first that the browser asks for and that there is. */
function chosen(): string {
  if (typeof document === 'undefined') return ENGLISH
  const wanted = [keptLanguage() ?? [], navigator.languages].flat()
  const known = wanted.map((each) => each.slice(0, 2)).find((each) => languages.includes(each))
  return known ?? ENGLISH
}

/** Undefined where the browser decides. */
export function keptLanguage(): string | undefined {
  try {
    return localStorage.getItem(KEPT) ?? undefined
  } catch {
    // Storage may be blocked; the browser's language then decides.
    return undefined
  }
}

/** Begins the page anew in it: much of what is said is said only once. */
export function chooseLanguage(name: string | undefined): void {
  try {
    if (name === undefined) localStorage.removeItem(KEPT)
    else localStorage.setItem(KEPT, name)
  } catch {
    // Storage is blocked: the choice cannot outlive the page, which would begin anew as it was.
    return
  }
  location.reload()
}

async function load(name: string): Promise<{ language: string; sayings: Sayings }> {
  const file = files[pathOf(name)]
  if (!file) return { language: ENGLISH, sayings: {} }
  try {
    return { language: name, sayings: await file() }
  } catch {
    // English is better than no page.
    return { language: ENGLISH, sayings: {} }
  }
}

/** Known before anything is said: whatever says something imports this. */
export const { language, sayings } = await load(chosen())

if (typeof document !== 'undefined') document.documentElement.lang = language
