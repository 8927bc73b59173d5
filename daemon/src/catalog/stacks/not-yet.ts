import { CodedError } from '@vastrox/shared/errors.ts'
import { defineStack, type SourceTree } from '#ports/stack.ts'
import { plainText } from './plain-text.ts'

/** Files that give a project away whose kind cannot be built yet. */
const KINDS: readonly (readonly [kind: string, files: readonly string[]])[] = [
  ['Python', ['manage.py', 'requirements.txt', 'pyproject.toml', 'Pipfile', 'app.py', 'main.py']],
  ['Java', ['pom.xml', 'build.gradle', 'build.gradle.kts']],
  ['Go', ['go.mod', 'main.go']],
  ['Ruby', ['Gemfile']],
  ['Rust', ['Cargo.toml']],
  ['Deno', ['deno.json', 'deno.jsonc']],
]

/** Stands last and takes nothing: it says in words why nothing before it did. */
export const notYet = defineStack({
  name: 'not-yet',
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
  const project = [...paths].find((path) => /^[^/]+\.(cs|fs|vb)proj$|^[^/]+\.slnx?$/.test(path))
  return project === undefined ? undefined : { kind: '.NET', file: project }
}

function whyNot(tree: SourceTree): string {
  const { paths } = tree
  if (paths.size === 0) return 'The commit has no files.'
  const other = otherKind(tree)
  if (other)
    return `This looks like ${other.kind} (${plainText(other.file)}), which Vastrox cannot build yet; it builds Node.js apps.`
  if (paths.has('Dockerfile'))
    return 'There is a Dockerfile, which Vastrox does not build yet, and no package.json.'
  const nested = [...paths].find((path) => /^[^/]+\/package\.json$/.test(path))
  if (nested !== undefined)
    return `package.json is at ${plainText(nested)}; Vastrox looks for it in the root of the repository.`
  return 'There is no package.json, server.js or index.js in the root of the repository.'
}
