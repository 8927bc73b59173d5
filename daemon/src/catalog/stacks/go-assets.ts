import type { SourceTree } from '#ports/stack.ts'

/** Read at run time by their names, whatever else is in them. */
const WELL_KNOWN = new Set(
  'templates template views static public assets web www ui migrations sql locales i18n lang translations content data config configs conf'.split(
    ' ',
  ),
)
const ASIDE = new Set(
  'vendor node_modules docs doc test tests testdata deploy deployments scripts hack tools examples example build dist bin tmp'.split(
    ' ',
  ),
)
const FILE = /\.(html|tmpl|gohtml|templ|toml|ya?ml|json|ini|sql|csv|txt)$/
const NOT_READ =
  /^(package(-lock)?|tsconfig.*|renovate|app|vastrox)\.json$|^(docker-)?compose.*\.ya?ml$|^(sqlc|buf.*|Taskfile|mkdocs|fly|render)\.(ya?ml|toml)$|^(LICENSE|README|CHANGELOG).*/i
const MAX_ASSETS = 60

/**
 * What a program may open beside itself: the folders of the root that hold no Go code or are named as
 * such folders are, and files of data.
 */
export function findAssets(tree: SourceTree): string[] {
  const folders = new Map<string, boolean>()
  const files: string[] = []
  for (const path of tree.paths) {
    const [first = '', ...rest] = path.split('/')
    if (!/^\w[\w@-]*(\.[\w@-]+)*$/.test(first)) continue
    if (rest.length > 0) folders.set(first, (folders.get(first) ?? false) || path.endsWith('.go'))
    else if (FILE.test(first) && !NOT_READ.test(first)) files.push(first)
  }
  const beside = [...folders]
    .filter(([name, hasCode]) => !ASIDE.has(name) && (WELL_KNOWN.has(name) || !hasCode))
    .map(([name]) => name)
  return [...beside.toSorted(), ...files.toSorted()].slice(0, MAX_ASSETS)
}
