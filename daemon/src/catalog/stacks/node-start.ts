import { CodedError } from '@vastrox/shared/errors.ts'
import { resolveCommand } from './node-command.ts'
import type { Outcome } from './node-framework.ts'
import type { Project } from './node-project.ts'
import { plainText } from './plain-text.ts'
import type { Command } from './processes.ts'

/** Servers for the one who writes the code: they build while they run, and reload. */
const DEVELOPMENT =
  /^(?:npx )?(?:react-scripts start|craco start|react-app-rewired start|ng serve|vite(?:$| --?| dev| serve| preview| \.)|astro (?:dev|preview)|gatsby (?:develop|serve)|docusaurus (?:start|serve)|vue-cli-service serve|eleventy .{0,100}--serve|@11ty\/eleventy .{0,100}--serve|next dev|nuxt (?:dev|preview)|nuxi (?:dev|preview)|vitepress (?:dev|preview)|vuepress dev|webpack serve|webpack-dev-server|parcel (?!build)|nest start|expo start|ember serve|remix dev|react-router dev|vinxi dev|hexo server|rollup .{0,100}-w)/

const MAX_LOOKED_AT = 2_000

/** True for `react-scripts start` and its like, behind env variables or not. */
export const isForDevelopment = (command: string): boolean =>
  DEVELOPMENT.test(
    command
      .slice(0, MAX_LOOKED_AT)
      .replace(/^(?:exec |env |cross-env |[A-Za-z_]\w{0,99}=\S{0,200} )*/, ''),
  )

interface Start {
  web: Command | undefined
  /** Why a start script is not taken, for people. */
  left: string[]
}

interface Facts {
  outcome: Outcome | undefined
  hasBuild: boolean
  major: string
}

/**
 * What is started when neither settings nor a Procfile say so: scripts.start unless it is a server for
 * development, what the framework makes, main, then server.js or index.js.
 */
export function chooseStart(project: Project, { outcome, hasBuild, major }: Facts): Start {
  const { manifest } = project
  const scripts = manifest?.scripts ?? {}
  const left: string[] = []
  if (scripts['start'] !== undefined) {
    const command = resolveCommand('npm start', scripts)
    if (isForDevelopment(command))
      left.push(`scripts.start (${plainText(command)}) is a server for development: not used`)
    else if (!(outcome && outcome.kind !== 'refused' && outcome.replaces?.test(command)))
      return { web: { command: 'npm start', where: 'scripts.start in package.json' }, left }
  }
  if (outcome?.kind === 'server')
    return { web: { command: outcome.command, where: outcome.where }, left }
  if (outcome?.kind === 'site') return { web: undefined, left }
  const main = mainFile(project, hasBuild)
  if (main !== undefined)
    return { web: { command: `node ${main}`, where: 'main in package.json' }, left }
  const file = serverFile(project, major)
  return { web: file === undefined ? undefined : { command: `node ${file}`, where: file }, left }
}

/** Node runs TypeScript by itself from 22 on. */
function serverFile({ tree }: Project, major: string): string | undefined {
  const endings = Number(major) >= 22 ? ['js', 'mjs', 'cjs', 'ts'] : ['js', 'mjs', 'cjs']
  return ['server', 'index']
    .flatMap((name) => endings.map((ending) => `${name}.${ending}`))
    .find((name) => tree.paths.has(name) && !isScriptOfPage(tree, name))
}

/** Beside an index.html, a file of that name mostly belongs to the page. */
export function isScriptOfPage(tree: Project['tree'], name: string): boolean {
  if (!tree.paths.has('index.html') || name.startsWith('server.')) return false
  const text = tree.read(name)
  return text === undefined || !/createServer|\.listen\(|\bserve\(|process\.env/.test(text)
}

/** npm init writes a `main` that is often not there; one that the build makes is not there yet. */
function mainFile({ tree, manifest }: Project, hasBuild: boolean): string | undefined {
  const { paths } = tree
  const main = manifest?.main?.replace(/^\.\//, '')
  if (main === undefined || !/^[\w@.][\w@./-]*$/.test(main) || main.includes('..')) return undefined
  const candidates = [main, `${main}.js`, `${main}.cjs`, `${main}/index.js`].map((path) =>
    path.replaceAll('//', '/'),
  )
  const found = candidates.find((path) => paths.has(path))
  if (found !== undefined) return isScriptOfPage(tree, found) ? undefined : found
  return hasBuild && main.includes('/') ? main : undefined
}

/** Tools that leave a site where nothing else is known to run. */
const BUILDERS = ['webpack', 'rollup', 'esbuild', 'gulp', 'grunt', 'snowpack', 'rolldown', 'rspack']
const BUILT = ['dist', 'build', 'out', 'public', '_site', 'www']

/** The site of a build by hand: a bundler, a page in the source, and no server. */
export function siteOfBundler({ tree, packages }: Project): Outcome | undefined {
  const tool = BUILDERS.find((name) => Object.hasOwn(packages, name))
  const pages = ['index.html', 'src/index.html', 'public/index.html', 'app/index.html']
  if (tool === undefined || !pages.some((path) => tree.paths.has(path))) return undefined
  return { kind: 'site', folders: BUILT, fallback: null }
}

export function nothingToStart({ tree, workspace, directory }: Project): CodedError {
  const { paths } = tree
  const file = ['app.js', 'main.js', 'src/index.js', 'src/server.js', 'src/index.ts'].find((path) =>
    paths.has(path),
  )
  const members = directory === '' ? (workspace?.members ?? []) : []
  return new CodedError('START_COMMAND_MISSING', {
    reason:
      members.length > 0
        ? `The root of this workspace starts nothing. Set rootDirectory to the package that is the app: ${plainText(
            members
              .slice(0, 8)
              .map((member) => member.directory)
              .join(', '),
          )}.`
        : file === undefined
          ? 'package.json has no "start" script, and there is no Procfile, server.js or index.js.'
          : `package.json has no "start" script. If ${file} is the server, add: "start": "node ${file}".`,
  })
}
