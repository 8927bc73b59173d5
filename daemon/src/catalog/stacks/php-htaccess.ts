import type { SourceTree } from '#ports/stack.ts'

const MAX_LINES = 2_000
const MAX_LINE_LENGTH = 1_000
const MAX_DENIED = 100

/** What nginx, which reads no .htaccess, does in its place. */
export interface Htaccess {
  exists: boolean
  /** Rewrites what is no file to index.php. */
  hasFrontController: boolean
  /** The argument that the path is handed over in: `url` of `index.php?url=$1`. */
  pathArgument: string | undefined
  /** /about shows about.php. */
  hidesPhp: boolean
  /** Status → path of the page. */
  errorPages: Record<string, string>
  /** Folders of the document root, without slashes around them, that nobody may fetch from. */
  denied: string[]
  /** Those that are closed but for what a browser needs. */
  closed: string[]
  /** Directives that have no part in what is served, once each. */
  leftOut: string[]
}

/** Done by our configuration for every app, or without a meaning for nginx. */
const COVERED =
  /^(?:RewriteEngine|RewriteBase|RewriteCond|DirectoryIndex|Options|AddDefaultCharset|AddType|AddEncoding|AddOutputFilterByType|Expires\w+|ServerSignature|FileETag|SetEnvIf\w*|AllowOverride|Order|Allow|Deny|Require|Satisfy|<\/?(?:IfModule|IfDefine|IfVersion|Files|FilesMatch|Limit|LimitExcept|RequireAll|RequireAny)\b.*)/i

/** Reads the .htaccess files of the document root (`''`: the whole source) and below it. */
export function readHtaccess(tree: SourceTree, documentRoot: string): Htaccess {
  const prefix = documentRoot === '' ? '' : `${documentRoot}/`
  const found: Htaccess = {
    exists: false,
    hasFrontController: false,
    pathArgument: undefined,
    hidesPhp: false,
    errorPages: {},
    denied: [],
    closed: [],
    leftOut: [],
  }
  for (const path of tree.paths) {
    if (!path.endsWith('.htaccess') || !path.startsWith(prefix)) continue
    const folder = path.slice(prefix.length, -'.htaccess'.length).replace(/\/$/, '')
    if (path.slice(prefix.length) === '.htaccess') readRoot(linesOf(tree.read(path)), found)
    else if (path.endsWith('/.htaccess')) readBelow(linesOf(tree.read(path)), folder, found)
  }
  found.denied = found.denied.toSorted().slice(0, MAX_DENIED)
  found.closed = found.closed.toSorted().slice(0, MAX_DENIED)
  return found
}

const linesOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split('\n', MAX_LINES)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && line.length <= MAX_LINE_LENGTH)

/** What stands in <Files> or <Limit> is about a part of a folder. */
function readBelow(lines: readonly string[], folder: string, found: Htaccess): void {
  let depth = 0
  let denies = false
  let allowsSome = false
  for (const line of lines) {
    if (/^<\/(?:Files|Limit)/i.test(line)) depth -= 1
    else if (/^<(?:Files|Limit)/i.test(line)) depth += 1
    else if (/^(?:Require\s+all\s+denied|Deny\s+from\s+all)$/i.test(line)) denies ||= depth <= 0
    else if (/^(?:Require|Allow)\s/i.test(line)) {
      if (depth <= 0) return
      allowsSome = true
    }
  }
  if (denies) (allowsSome ? found.closed : found.denied).push(folder)
}

function readRoot(lines: readonly string[], found: Htaccess): void {
  found.exists = true
  const leftOut = new Set<string>()
  for (const line of lines) {
    const words = line.split(/\s+/)
    const [directive = '', pattern = '', target = ''] = words
    if (/^RewriteRule$/i.test(directive)) {
      if (!readRewrite(pattern, target, found)) leftOut.add('RewriteRule')
    } else if (/^ErrorDocument$/i.test(directive)) {
      if (/^(?:403|404|500)$/.test(pattern) && /^\/[\w./-]{1,200}$/.test(target))
        found.errorPages[pattern] = target
      else leftOut.add(directive)
    } else if (!COVERED.test(line)) leftOut.add(directive)
  }
  found.leftOut = [...leftOut].toSorted().slice(0, 10)
}

/** Whether the rule is one that we know. */
function readRewrite(pattern: string, target: string, found: Htaccess): boolean {
  if (target === '-') return true
  const toIndex =
    /^(?:%\{ENV:BASE\}|\.)?\/?index\.php(?:\?(?:([A-Za-z_]\w{0,40})=)?\/?\$1|\/\$1|\?\/\$1)?$/.exec(
      target,
    )
  if (toIndex) {
    found.hasFrontController = true
    found.pathArgument ??= toIndex[1]
    return true
  }
  if (/^(?:\$1|%\{REQUEST_FILENAME\}|%\{REQUEST_URI\})\.php$/.test(target)) {
    found.hidesPhp = true
    return true
  }
  return pattern === '^index\\.php$'
}
