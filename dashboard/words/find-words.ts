import { isNode, nameIn, nodesOf, parse, type SyntaxNode, textOf, walk } from './syntax.ts'

/** Attributes of elements that are read or heard. */
const WORD_ATTRIBUTES =
  /^(?:aria-label|aria-description|aria-roledescription|aria-valuetext|alt|title|label|legend|lead|hint|note|placeholder|act|empty|term|unit|error|heading|summary|caption|problem|what|message)$/
/** Attributes that are never read. */
const OTHER_ATTRIBUTES = /^(?:className|d|look|accept|style|id|to|href|name|download|role)$/
/** Fields of objects that are read: `{ label: 'off' }`. */
const WORD_FIELDS =
  /^(?:label|title|lead|hint|note|message|word|words|heading|problem|why|short|long|summary|description|aria)$/
/** Fields of objects that are never read. */
const OTHER_FIELDS = /^(?:group|className|queryKey|to|id|key|kind|type|tone|metric)$/
/** Whose texts are read, however short they are. */
const WORD_CALLS = /^(?:toast\.\w+|useTitle)$/
/** Whose texts are for machines or for developers. */
const OTHER_CALLS =
  /^(?:cx|Error|TypeError|RegExp|RangeError|pageOf|getRouteApi|useMay|matchMedia|fetch|api\.\w+|Intl\.\w+|.*\.(?:startsWith|endsWith|includes|indexOf|has|get|set|split|join|match|matchAll|replace|replaceAll|test|querySelector|querySelectorAll|closest|matches|register|addEventListener|removeEventListener|setAttribute|getAttribute|removeItem|getItem|setItem|setProperty|localeCompare|toLocaleString|dispatch|createElement))$/
/** What is shown as it is typed. */
const VERBATIM = /^(?:code|kbd|pre|samp|style)$/
const COMPARES = new Set(['===', '!==', '==', '!=', 'in', 'instanceof', '<', '>', '<=', '>='])
/** Through these a text reaches what is around them. */
const PASSES =
  /^(?:ConditionalExpression|LogicalExpression|ArrayExpression|TSAsExpression|TSSatisfiesExpression|TSNonNullExpression|ParenthesizedExpression|SequenceExpression|SpreadElement|TemplateLiteral)$/
/** What functions are called whose results are read. */
const SAYING = /^(?:say[A-Z]|.*(?:Label|Words|Hint|Title|Note|Problem)$)/

/** Names of classes: each of lower-case signs, one at least put together of parts. */
const STYLES = /^(?:[a-z0-9@:[\]\-/.&>_()%,=*!#+'"|~$]+\s*)+$/
const STYLE = /(?:^|\s)-?(?:[a-z]+-[a-z0-9[(]|[a-z-]+:[a-z[])/
/** Commands, hosts, addresses, units, abbreviations, examples of values: the same in every language. */
const NO_WORDS = [
  /^[A-Z\d\s/._·:{}-]+$/,
  /^\S*[^\s.][./:@=*]\S+$/,
  /^[A-Z_]{2,}=/,
  /^\(.*:.*\)$/,
  /ui-(?:monospace|sans-serif)/,
  /^(?:git|ssh|sudo|curl|docker|ssh-ed25519) /,
  /^\S*-(?:good|warn|bad|line|accent|\d)\S*$/,
]

/** The texts of a file that people see and that do not go through `t` or `tn`. */
export function wordsOutside(code: string, file: string): SyntaxNode[] {
  const found: SyntaxNode[] = []
  walk(parse(code, file), (node, parents) => {
    if (isOutOfSight(node, parents, code)) return false
    const text = textOf(node)
    if (text !== undefined && mayBeWords(text) && isSeen(node, parents, text, code))
      found.push(node)
    return undefined
  })
  return found
}

const mayBeWords = (text: string): boolean =>
  /\p{L}/u.test(text.replaceAll('{}', '')) && !NO_WORDS.some((each) => each.test(text.trim()))

/** Whether a reader would call it words: several of them, or one that begins large. */
function looksLikeWords(text: string): boolean {
  const plain = text.trim()
  if (!/[A-Za-z]{2}/.test(plain) || /^(?:\/|https?:|data:|var\(|rgba?\()/.test(plain)) return false
  if (STYLES.test(plain) && STYLE.test(plain)) return false
  if (/[\p{L}\d,;:’”).}]\s+[\p{L}“‘({]/u.test(plain)) return true
  return /^[A-Z][a-z’]+[.…?!:]*$/.test(plain)
}

function isOutOfSight(
  node: SyntaxNode,
  parents: readonly SyntaxNode[],
  code: string,
): boolean | undefined {
  switch (node.type) {
    case 'JSXElement':
      return (
        isNode(node['openingElement']) &&
        VERBATIM.test(nameIn(code, node['openingElement']['name']))
      )
    case 'JSXAttribute':
      return isOtherAttribute(nameIn(code, node['name']), nameIn(code, parents.at(-1)?.['name']))
    case 'TaggedTemplateExpression':
      return true
    case 'CallExpression':
    case 'NewExpression':
      return OTHER_CALLS.test(nameIn(code, node['callee'])) && !takesFunction(node)
    default:
      return (
        /^(?:Import|ExportAll)/.test(node.type) ||
        (node.type.startsWith('TS') && !PASSES.test(node.type))
      )
  }
}

/** The unit of a plot is one of our own names. */
const isOtherAttribute = (name: string, element: string): boolean =>
  OTHER_ATTRIBUTES.test(name) || (name === 'unit' && element === 'Plot')

const takesFunction = (call: SyntaxNode): boolean =>
  argumentsOf(call).some(({ type }) => type === 'ArrowFunctionExpression')

export const argumentsOf = (call: SyntaxNode): SyntaxNode[] => nodesOf(call['arguments'])

function isSeen(
  node: SyntaxNode,
  parents: readonly SyntaxNode[],
  text: string,
  code: string,
): boolean {
  if (node.type === 'JSXText' || isOfNumber(parents.at(-1))) return true
  const place = placeOf(node, parents)
  if (!place) return false
  const { slot, child, within } = place
  switch (slot.type) {
    case 'JSXExpressionContainer':
      return (
        within?.type !== 'JSXAttribute' ||
        WORD_ATTRIBUTES.test(nameIn(code, within['name'])) ||
        looksLikeWords(text)
      )
    case 'JSXAttribute':
      return WORD_ATTRIBUTES.test(nameIn(code, slot['name'])) || looksLikeWords(text)
    case 'CallExpression':
    case 'NewExpression':
      return isSaidBy(slot, text, code)
    case 'Property':
      if (slot['key'] === child || OTHER_FIELDS.test(nameIn(code, slot['key']))) return false
      return WORD_FIELDS.test(nameIn(code, slot['key'])) || looksLikeWords(text)
    case 'MemberExpression':
      return slot['property'] !== child && looksLikeWords(text)
    case 'SwitchCase':
      return false
    case 'BinaryExpression':
      return !COMPARES.has(String(slot['operator'])) && looksLikeWords(text)
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
      return looksLikeWords(text) || (SAYING.test(functionAround(parents, code)) && !isName(text))
    default:
      return looksLikeWords(text)
  }
}

/** `n === 1 ? 'file' : 'files'` */
function isOfNumber(parent: SyntaxNode | undefined): boolean {
  const test = parent?.type === 'ConditionalExpression' ? parent['test'] : undefined
  if (!isNode(test) || !/^[!=]==$/.test(String(test['operator']))) return false
  const [one, other] = [parent?.['consequent'], parent?.['alternate']]
  const areTexts = [one, other].every((each) => isNode(each) && textOf(each) !== undefined)
  return areTexts && isNode(test['right']) && test['right']['value'] === 1
}

/** A name of the program's own, such as a path or a state. */
const isName = (text: string): boolean =>
  !/\s/.test(text) && /[-_/=:.]/.test(text.replaceAll('{}', ''))

function isSaidBy(call: SyntaxNode, text: string, code: string): boolean {
  const callee = nameIn(code, call['callee'])
  if (callee === 't' || callee === 'tn' || OTHER_CALLS.test(callee)) return false
  return WORD_CALLS.test(callee) || looksLikeWords(text)
}

/** Where a text ends up: in an attribute, a call, a field …; undefined where it is only asked for. */
function placeOf(
  node: SyntaxNode,
  parents: readonly SyntaxNode[],
): { slot: SyntaxNode; child: SyntaxNode; within: SyntaxNode | undefined } | undefined {
  let child = node
  for (let at = parents.length - 1; at >= 0; at -= 1) {
    const slot = parents[at]
    if (!slot) return undefined
    if (!PASSES.test(slot.type)) return { slot, child, within: parents[at - 1] }
    if (slot.type === 'ConditionalExpression' && slot['test'] === child) return undefined
    child = slot
  }
  return undefined
}

/** The name of the nearest function around that has one. */
function functionAround(parents: readonly SyntaxNode[], code: string): string {
  for (let at = parents.length - 1; at >= 0; at -= 1) {
    const parent = parents[at]
    if (parent?.type === 'FunctionDeclaration') return nameIn(code, parent['id'])
    if (
      parent?.type === 'VariableDeclarator' &&
      parents[at + 1]?.type === 'ArrowFunctionExpression'
    )
      return nameIn(code, parent['id']).replace(/:.*/s, '')
  }
  return ''
}
