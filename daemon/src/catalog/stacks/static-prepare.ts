/**
 * A program that runs in the build, on the Node.js of a build image: copies what is to be served to a
 * folder of its own, compresses it beforehand, and gives every file a time that is made from its
 * content, so that its ETag stays the same from release to release while the content does.
 *
 *     node prepare-site.mjs SOURCE TARGET CANDIDATE…
 *
 * The first candidate below SOURCE that has an index.html is taken.
 */
export const PREPARE_SITE = `import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, realpath, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const CACHE = process.env.SITE_CACHE ?? '/var/cache/precompressed'
const COMPRESSIBLE = new Set(
  '.atom .css .csv .eot .htm .html .ico .js .json .map .md .mjs .otf .rss .svg .ttf .txt .vtt .wasm .webmanifest .xml .yaml .yml'.split(' '),
)
const SMALLEST_BYTES = 512
/** Better compression of what is larger takes longer than anybody wants to wait. */
const LARGE_BYTES = 2 ** 21
const KEPT_MS = 30 * 86_400_000
const AT_ONCE = 8

const [source, target, ...candidates] = process.argv.slice(2)
const methods = { '.br': brotli, '.gz': (content) => promisify(gzip)(content, { level: 9 }) }

const folder = candidates.find((one) => existsSync(join(source, one, 'index.html')))
if (folder === undefined) {
  console.error(await whyNot())
  process.exit(1)
}
const root = await realpath(join(source, folder))
const files = await listFiles(root, 0)
const queue = files.values()
const count = { compressed: 0, bytes: 0, fromCache: 0 }
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (const path of queue) await place(path)
}))
await tidy()
console.log(
  \`\${files.length} files from \${folder}, \${(count.bytes / 1e6).toFixed(1)} MB, \${count.compressed} compressed (\${count.fromCache} of them before)\`,
)

/** Hidden files stay behind, .well-known apart, and so do links that lead out of the site. */
async function listFiles(directory, depth) {
  const found = []
  if (depth > 40) return found
  for (const { name } of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, name)
    if (name.startsWith('.') && !(depth === 0 && name === '.well-known')) continue
    if (depth === 0 && ['_redirects', '_headers', 'node_modules'].includes(name)) continue
    const real = await realpath(path).catch(() => undefined)
    if (real !== path && !real?.startsWith(root + sep)) {
      console.log(\`left out: \${relative(root, path)} is a link that leads nowhere in the site\`)
      continue
    }
    const facts = await stat(path)
    if (facts.isDirectory()) found.push(...(await listFiles(path, depth + 1)))
    else if (facts.isFile()) found.push(path)
  }
  return found
}

async function place(path) {
  const content = await readFile(path)
  const digest = createHash('sha256').update(content).digest()
  const to = join(target, relative(root, path))
  const time = 1_000_000_000 + (digest.readUInt32BE(0) % 500_000_000)
  await mkdir(join(to, '..'), { recursive: true })
  await put(to, content, time)
  count.bytes += content.length
  if (content.length < SMALLEST_BYTES || !COMPRESSIBLE.has(extname(path).toLowerCase())) return
  for (const [ending, compress] of Object.entries(methods)) {
    const packed = await cached(digest.toString('hex') + ending, () => compress(content))
    if (packed.length < content.length * 0.95) await put(to + ending, packed, time)
  }
  count.compressed += 1
}

async function put(path, content, time) {
  await writeFile(path, content, { mode: 0o644 })
  await utimes(path, time, time)
}

function brotli(content) {
  const quality = content.length > LARGE_BYTES ? 9 : constants.BROTLI_MAX_QUALITY
  return promisify(brotliCompress)(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  })
}

async function cached(name, make) {
  const path = join(CACHE, name)
  try {
    const content = await readFile(path)
    const now = new Date()
    await utimes(path, now, now)
    if (name.endsWith('.br')) count.fromCache += 1
    return content
  } catch {
    const content = await make()
    await mkdir(CACHE, { recursive: true })
    await writeFile(path, content)
    return content
  }
}

async function tidy() {
  const before = Date.now() - KEPT_MS
  for (const name of await readdir(CACHE).catch(() => [])) {
    const path = join(CACHE, name)
    const facts = await stat(path).catch(() => undefined)
    if (facts && facts.mtimeMs < before) await rm(path, { force: true })
  }
}

async function whyNot() {
  const found = await nearest(source, 0)
  const looked = candidates.join(', ')
  return found === undefined
    ? \`There is no index.html in \${looked}, nor in another folder. Set outputDirectory to the folder with the site.\`
    : \`There is no index.html in \${looked}. There is one in \${found}: set outputDirectory to it if that is the site.\`
}

async function nearest(directory, depth) {
  if (depth > 4) return undefined
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const names = new Set(entries.map(({ name }) => name))
  if (depth > 0 && names.has('index.html') && !names.has('package.json')) return relative(source, directory)
  for (const entry of entries) {
    if (!entry.isDirectory() || ['node_modules', 'public', 'src', 'static'].includes(entry.name)) continue
    if (entry.name.startsWith('.') && entry.name !== '.output' && entry.name !== '.vitepress') continue
    const found = await nearest(join(directory, entry.name), depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}
`
