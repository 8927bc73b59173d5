import type { Manifest } from './node-manifest.ts'

/** Programs whose name is not that of their package. */
const PACKAGE_OF: Record<string, string> = {
  tsc: 'typescript',
  nest: '@nestjs/cli',
  ng: '@angular/cli',
  'babel-node': '@babel/node',
  tsnd: 'ts-node-dev',
  sequelize: 'sequelize-cli',
  'run-s': 'npm-run-all',
  'run-p': 'npm-run-all',
  'remix-serve': '@remix-run/serve',
}

/** A command is never longer once it has been replaced; what is behind is not looked at. */
const MAX_LOOKED_AT = 8_192

/** The first dev dependency that a command needs when it runs: nodemon, tsx, `-r dotenv/config`. */
export function neededDevDependency(
  commands: readonly string[],
  { dependencies, devDependencies }: Pick<Manifest, 'dependencies' | 'devDependencies'>,
): string | undefined {
  const used = new Set(
    commands
      .flatMap((command) => command.slice(0, MAX_LOOKED_AT).split(/[\s"'=]+/))
      .flatMap(packagesOf),
  )
  return Object.keys(devDependencies).find(
    (name) => used.has(name) && !Object.hasOwn(dependencies, name),
  )
}

/** What a word of a command may mean: a program, `package/file`, `@scope/package/file`. */
function packagesOf(word: string): string[] {
  const path = word.replace(/^(\.\/)?node_modules\/(\.bin\/)?/, '')
  const [first = '', second] = path.split('/', 2)
  const program = Object.hasOwn(PACKAGE_OF, path) ? PACKAGE_OF[path] : undefined
  return [path, first, `${first}/${second ?? ''}`, ...(program === undefined ? [] : [program])]
}
