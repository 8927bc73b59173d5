import { CodedError } from '@vastrox/shared/errors.ts'
import type { SourceTree } from '#ports/stack.ts'
import type { Manifest } from './node-manifest.ts'
import { resolveCommand } from './node-command.ts'
import { parseProcfile } from './procfile.ts'

export interface Start {
  processes: Record<string, string>
  releaseCommand: string | null
  /** Where each process comes from, one line each. */
  because: string[]
}

/** What runs: the Procfile, and for `web` scripts.start, main, server.js or index.js after it. */
export function chooseStart(
  tree: SourceTree,
  manifest: Manifest | undefined,
  { hasBuild, major }: { hasBuild: boolean; major: string },
): Start {
  const scripts = manifest?.scripts ?? {}
  const text = tree.read('Procfile')
  const procfile = text === undefined ? undefined : parseProcfile(text)
  const processes: Record<string, string> = {}
  const because: string[] = []

  const add = (name: string, command: string, where: string): void => {
    processes[name] = resolveCommand(command, scripts)
    because.push(`${name}: ${processes[name]} (${where})`)
  }
  for (const [name, command] of Object.entries(procfile?.processes ?? {}))
    add(name, command, 'Procfile')
  if (!('web' in processes)) {
    const found = chooseWeb(tree, manifest, { hasBuild, major })
    if (found) add('web', found.command, found.where)
    else if (Object.keys(processes).length === 0) throw nothingToStart(tree, manifest)
  }
  const release = procfile?.release ?? null
  const releaseCommand = release === null ? null : resolveCommand(release, scripts)
  if (releaseCommand !== null) because.push(`release: ${releaseCommand} (Procfile)`)
  return { processes, releaseCommand, because }
}

function chooseWeb(
  tree: SourceTree,
  manifest: Manifest | undefined,
  { hasBuild, major }: { hasBuild: boolean; major: string },
): { command: string; where: string } | undefined {
  if (manifest?.scripts['start'] !== undefined)
    return { command: 'npm start', where: 'scripts.start in package.json' }
  const main = mainFile(tree, manifest, hasBuild)
  if (main !== undefined) return { command: `node ${main}`, where: 'main in package.json' }
  // Node runs TypeScript by itself from 22 on.
  const endings = Number(major) >= 22 ? ['js', 'mjs', 'cjs', 'ts'] : ['js', 'mjs', 'cjs']
  const file = ['server', 'index']
    .flatMap((name) => endings.map((ending) => `${name}.${ending}`))
    .find((name) => tree.paths.has(name))
  return file === undefined ? undefined : { command: `node ${file}`, where: file }
}

/** npm init writes a `main` that is often not there; one that the build makes is not there yet. */
function mainFile(
  { paths }: SourceTree,
  manifest: Manifest | undefined,
  hasBuild: boolean,
): string | undefined {
  const main = manifest?.main?.replace(/^\.\//, '')
  if (main === undefined || !/^[\w@.][\w@./-]*$/.test(main) || main.includes('..')) return undefined
  const candidates = [main, `${main}.js`, `${main}.cjs`, `${main}/index.js`].map((path) =>
    path.replaceAll('//', '/'),
  )
  const found = candidates.find((path) => paths.has(path))
  if (found !== undefined) return found
  return hasBuild && main.includes('/') ? main : undefined
}

function nothingToStart({ paths }: SourceTree, manifest: Manifest | undefined): CodedError {
  const builder = ['vite', 'react-scripts', '@angular/cli', 'astro'].find(
    (name) => name in { ...manifest?.dependencies, ...manifest?.devDependencies },
  )
  if (builder !== undefined)
    return new CodedError('START_COMMAND_MISSING', {
      reason: `This project builds static files (${builder}) and says nothing that serves them; static sites cannot be deployed yet. Add a "start" script with a server.`,
    })
  const file = ['app.js', 'main.js', 'src/index.js', 'src/server.js', 'src/index.ts'].find((path) =>
    paths.has(path),
  )
  return new CodedError('START_COMMAND_MISSING', {
    reason:
      file === undefined
        ? 'package.json has no "start" script, and there is no Procfile, server.js or index.js.'
        : `package.json has no "start" script. If ${file} is the server, add: "start": "node ${file}".`,
  })
}
