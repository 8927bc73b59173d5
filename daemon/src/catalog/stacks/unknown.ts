import { CodedError } from '@vastrox/shared/errors.ts'
import { defineStack, type SourceTree } from '#ports/stack.ts'
import { plainText } from './plain-text.ts'

/** Files that give a project away whose kind has no recipe here. */
const KINDS: readonly (readonly [kind: string, files: readonly string[]])[] = [
  ['Ruby', ['Gemfile', 'config.ru']],
  ['Rust', ['Cargo.toml']],
  ['Deno', ['deno.json', 'deno.jsonc']],
  ['Elixir', ['mix.exs']],
  ['Scala', ['build.sbt']],
  ['Clojure', ['project.clj', 'deps.edn']],
  ['Swift', ['Package.swift']],
  ['Dart', ['pubspec.yaml']],
  ['Crystal', ['shard.yml']],
]

/** What makes a folder an app, where it is not the root. */
const APPS: readonly (readonly [file: RegExp, kind: string])[] = [
  [/^Dockerfile$/, 'an app with a Dockerfile'],
  [/^(composer\.json|artisan|index\.php)$/, 'a PHP app'],
  [/^(manage\.py|requirements\.txt|pyproject\.toml|Pipfile)$/, 'a Python app'],
  [/^(pom\.xml|build\.gradle(\.kts)?)$/, 'a Java app'],
  [/^(go\.mod|main\.go)$/, 'a Go app'],
  [/\.(cs|fs|vb)proj$/, 'a .NET app'],
  [/^package\.json$/, 'a Node.js app'],
  [/^index\.html$/, 'a static site'],
]
const MAX_DEPTH = 4
const MAX_SHOWN = 3

/** Stands last and takes nothing: it says in words why nothing before it did. */
export const unknown = defineStack({
  name: 'unknown',
  title: 'Unknown',
  reads: [],
  detect(tree) {
    throw new CodedError('STACK_NOT_DETECTED', { reason: whyNot(tree) })
  },
  plan(tree) {
    throw new CodedError('STACK_NOT_DETECTED', { reason: whyNot(tree) })
  },
})

/** A project of another kind that has a package.json only for its assets. */
export const otherKind = ({ paths }: SourceTree): { kind: string; file: string } | undefined => {
  for (const [kind, files] of KINDS) {
    const file = files.find((name) => paths.has(name))
    if (file !== undefined) return { kind, file }
  }
  return undefined
}

function whyNot(tree: SourceTree): string {
  if (tree.paths.size === 0) return 'The commit has no files.'
  const other = otherKind(tree)
  if (other)
    return `This looks like ${other.kind} (${plainText(other.file)}), for which Vastrox has no recipe: add a Dockerfile, which says how it is built.`
  const nested = nestedApps(tree)
  const [first] = nested
  if (first) {
    const shown = nested.map(({ folder, kind, file }) => `${kind} in ${folder} (${file})`)
    return plainText(
      `There is no app in the root of the repository, but ${shown.join(', ')}: set rootDirectory to ${first.folder}, in vastrox.json ({ "build": { "rootDirectory": "${first.folder}" } }) or in the settings of the app.`,
    )
  }
  return 'Nothing in the root of the repository says what it is: there is no package.json, requirements.txt, composer.json, index.php, go.mod, pom.xml, index.html or Dockerfile.'
}

/** The folders nearest to the root that look like apps, each once. */
function nestedApps({ paths }: SourceTree): { folder: string; kind: string; file: string }[] {
  const found = new Map<string, { folder: string; kind: string; file: string; rank: number }>()
  for (const path of paths) {
    const parts = path.split('/')
    const name = parts.at(-1) ?? ''
    if (parts.length < 2 || parts.length > MAX_DEPTH || parts.includes('node_modules')) continue
    const rank = APPS.findIndex(([pattern]) => pattern.test(name))
    if (rank === -1) continue
    const folder = parts.slice(0, -1).join('/')
    const before = found.get(folder)
    if (!before || before.rank > rank)
      found.set(folder, { folder, kind: APPS[rank]?.[1] ?? '', file: path, rank })
  }
  const depth = ({ folder }: { folder: string }): number => folder.split('/').length
  return [...found.values()]
    .toSorted((one, other) => depth(one) - depth(other) || one.folder.localeCompare(other.folder))
    .slice(0, MAX_SHOWN)
}
