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

/** The first dev dependency that a command needs when it runs: nodemon, tsx, `-r dotenv/config`. */
export function neededDevDependency(
  commands: readonly string[],
  { dependencies, devDependencies }: Manifest,
): string | undefined {
  const words = commands.flatMap((command) => command.split(/[\s"'=]+/))
  return Object.keys(devDependencies).find(
    (name) =>
      !(name in dependencies) &&
      words.some((word) => {
        const path = word.replace(/^(\.\/)?node_modules\/(\.bin\/)?/, '')
        return path === name || path.startsWith(`${name}/`) || PACKAGE_OF[path] === name
      }),
  )
}
