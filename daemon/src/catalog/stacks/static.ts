import { CodedError } from '@vastrox/shared/errors.ts'
import { type BuildPlan, defineStack, type SourceTree, type Wishes } from '#ports/stack.ts'
import { DEFAULT_NODE_MAJOR } from './node-version.ts'
import { otherKind } from './unknown.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses } from './processes.ts'
import { slugIgnore } from './slug-ignore.ts'
import { findStaticRoot, staticFolders, type StaticRoot } from './static-root.ts'
import { SERVE_SITE, STATIC_IMAGE, siteFiles, siteStages } from './static-site.ts'

/** Say how a project is run, and are nothing to visit. */
const NOT_SERVED = [
  'README.md',
  'Procfile',
  'Staticfile',
  'app.json',
  'vastrox.json',
  'package.json',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
].map((name) => `/${name}`)

export const staticSite = defineStack({
  name: 'static',
  title: 'Static',
  reads: ['Staticfile', '_redirects', '_headers', '.slugignore', 'Procfile'],

  detect(tree, wishes) {
    const root = findStaticRoot(tree, wishes)
    if (!root) return undefined
    const isSaid = !staticFolders(tree).includes(root.folder) || tree.paths.has('Staticfile')
    // The documentation of a project in Ruby or Rust is not the project.
    if (!isSaid && otherKind(tree)) return undefined
    return { because: root.because }
  },

  plan(tree, wishes) {
    const root = findStaticRoot(tree, wishes)
    if (!root) throw nothingToServe('There is no index.html in the root, public, dist or docs.')
    if (!hasFiles(tree, root.folder))
      throw nothingToServe(
        `The source has no ${root.folder === '.' ? '' : `${plainText(root.folder)}/`}index.html (${plainText(root.because)}).`,
      )
    return planSite(tree, wishes, root)
  },
})

function planSite(tree: SourceTree, wishes: Wishes, root: StaticRoot): BuildPlan {
  const site = { folders: [root.folder], fallback: root.fallback, isBuilt: false }
  const { files, because } = siteFiles(tree, site, [root.folder])
  const run = chooseProcesses(tree, wishes, { web: { command: SERVE_SITE, where: 'nginx' } })
  const ignored = slugIgnore(tree)
  const others = staticFolders(tree).filter((folder) => folder !== root.folder)
  return {
    stack: 'static',
    summary: [
      `Static files from ${root.folder === '.' ? 'the root' : root.folder} (${root.because})`,
      root.fallback === null
        ? '404.html where there is no such page, clean URLs: /about is about.html'
        : `${root.fallback} where there is no such file (pushstate in Staticfile)`,
      ...because,
      ...root.leftOut,
      ...run.because,
      ...ignored.because,
    ].map(plainText),
    alternatives: others
      .slice(0, 3)
      .map(
        (folder) =>
          `Set documentRoot to serve ${folder === '.' ? 'the root' : `${folder}/`} instead.`,
      ),
    images: [STATIC_IMAGE, { stack: 'node', version: DEFAULT_NODE_MAJOR }],
    dockerfile: [
      ...siteStages(site, { image: `@BUILD:node:${DEFAULT_NODE_MAJOR}@`, from: null }),
      `CMD ${JSON.stringify(SERVE_SITE.split(' '))}`,
      '',
    ].join('\n'),
    files,
    ignore: ['.git', '.env*', 'node_modules', ...NOT_SERVED, ...ignored.patterns],
    processes: run.processes,
    releaseCommand: run.releaseCommand,
    env: {},
    documentRoot: root.folder,
  }
}

const hasFiles = ({ paths }: SourceTree, folder: string): boolean =>
  paths.has(folder === '.' ? 'index.html' : `${folder}/index.html`)

const nothingToServe = (reason: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', { reason })
