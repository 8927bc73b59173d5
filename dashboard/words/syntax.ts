import { parseAst } from 'rolldown/parseAst'

/** A part of a file as the parser gives it (ESTree); what else it has differs by type. */
export interface SyntaxNode {
  type: string
  start: number
  end: number
  [field: string]: unknown
}

/** A part, with all that it is in, outermost first. */
export type Visit = (node: SyntaxNode, parents: readonly SyntaxNode[]) => boolean | undefined

export function parse(code: string, file: string): SyntaxNode {
  const tree: unknown = parseAst(code, { lang: file.endsWith('x') ? 'tsx' : 'ts' }, file)
  if (!isNode(tree)) throw new Error(`${file} cannot be parsed.`)
  return tree
}

/** Goes over all parts from the outside to the inside; not into one whose visit says false. */
export function walk(node: SyntaxNode, visit: Visit, parents: readonly SyntaxNode[] = []): void {
  if (visit(node, parents) === false) return
  const within = [...parents, node]
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) walk(child, visit, within)
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** What a string or a template says; its expressions are `{}`. Undefined for everything else. */
export function textOf(node: SyntaxNode): string | undefined {
  if (node.type === 'Literal' || node.type === 'JSXText')
    return typeof node['value'] === 'string' ? node['value'] : undefined
  if (node.type !== 'TemplateLiteral') return undefined
  return nodesOf(node['quasis'])
    .map(({ value }) => (isCooked(value) ? value.cooked : ''))
    .join('{}')
}

const isCooked = (value: unknown): value is { cooked: string } =>
  typeof value === 'object' && value !== null && 'cooked' in value

/** Of a field that holds several. */
export const nodesOf = (field: unknown): SyntaxNode[] =>
  Array.isArray(field) ? field.filter(isNode) : []

/** `toast.good` of `toast.good(…)`, `label` of `{ label: … }` or `label="…"`: as it is written. */
export const nameIn = (code: string, node: unknown): string =>
  isNode(node) ? code.slice(node.start, node.end) : ''
