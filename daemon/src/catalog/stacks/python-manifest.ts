import { CodedError } from '@vastrox/shared/errors.ts'
import { parse } from 'smol-toml'
import { z } from 'zod'
import type { SourceTree } from '#ports/stack.ts'
import { plainText } from './plain-text.ts'

const MAX_DEPTH = 50

const Table = z.record(z.string(), z.unknown()).catch({})
const MaybeText = z.string().optional().catch(undefined)
const Texts = z
  .array(z.unknown())
  .catch([])
  .transform((list) => list.filter((one) => typeof one === 'string'))

const Project = z.object({
  name: MaybeText,
  'requires-python': MaybeText,
  dependencies: Texts.default([]),
  scripts: Table.default({}),
  'entry-points': Table.default({}),
  dynamic: Texts.default([]),
})

const Poetry = z.object({
  name: MaybeText,
  dependencies: Table.default({}),
  scripts: Table.default({}),
  plugins: Table.default({}),
  'package-mode': z.boolean().optional().catch(undefined),
})

const Uv = z.object({
  package: z.boolean().optional().catch(undefined),
  workspace: z.unknown().optional(),
  sources: Table.default({}),
})

/** What of pyproject.toml decides anything. */
const Pyproject = z.object({
  project: Project.optional().catch(undefined),
  'build-system': z
    .object({ 'build-backend': MaybeText, requires: Texts.default([]) })
    .optional()
    .catch(undefined),
  tool: z
    .object({
      poetry: Poetry.optional().catch(undefined),
      uv: Uv.optional().catch(undefined),
      pdm: Table.optional(),
    })
    .default({})
    .catch({}),
})
export type Pyproject = z.infer<typeof Pyproject>

const Pipfile = z.object({
  packages: Table.default({}),
  requires: z
    .object({ python_version: MaybeText, python_full_version: MaybeText })
    .default({})
    .catch({}),
})
export type Pipfile = z.infer<typeof Pipfile>

const Mise = z.object({ tools: Table.default({}) })

/** undefined where there is no pyproject.toml; throws STACK_NOT_DETECTED where it cannot be read. */
export const readPyproject = (tree: SourceTree): Pyproject | undefined =>
  readToml(tree, 'pyproject.toml', Pyproject)

export const readPipfile = (tree: SourceTree): Pipfile | undefined =>
  readToml(tree, 'Pipfile', Pipfile)

/** The Python that mise.toml names; undefined where there is none. */
export function readMise(tree: SourceTree): string | undefined {
  const { python } = readToml(tree, 'mise.toml', Mise)?.tools ?? {}
  const first = Array.isArray(python) ? python[0] : python
  return typeof first === 'string' ? first : undefined
}

/** A pyproject.toml that only configures tools (ruff, black) says nothing about how to run it. */
export const isProject = ({ project, tool, 'build-system': build }: Pyproject): boolean =>
  project !== undefined || build !== undefined || tool.poetry !== undefined

function readToml<Schema extends z.ZodType>(
  tree: SourceTree,
  path: string,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (!tree.paths.has(path)) return undefined
  const text = tree.read(path)
  if (text === undefined) throw unreadable(path, 'it is larger than 1 MB')
  let parsed: unknown
  try {
    parsed = parse(text.replace(/^\u{feff}/u, ''), { maxDepth: MAX_DEPTH })
  } catch (error) {
    throw unreadable(path, firstLine(error instanceof Error ? error.message : String(error)))
  }
  return schema.parse(parsed)
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text

const unreadable = (path: string, why: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', {
    reason: `${path} cannot be read: ${plainText(why)}.`,
  })
