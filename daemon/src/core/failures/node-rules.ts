import { find, type Rule } from '#core/failures/rule.ts'

/** What Node.js, npm, pnpm, yarn and their tools say. */
export const nodeRules: readonly Rule[] = [
  {
    name: 'npm-lockfile-out-of-step',
    pattern: /`npm ci` can only install packages when your package\.json and (\S+)/,
    explain: (_found, failure) => {
      const missing = find(failure, /Missing: (\S+) from lock file/)
      return {
        reason: `package-lock.json is out of step with package.json${missing === undefined ? '' : `: ${missing} is not in it`}.`,
        hint: 'Run `npm install` and commit package-lock.json.',
      }
    },
  },
  {
    name: 'pnpm-lockfile-out-of-step',
    pattern: /ERR_PNPM_OUTDATED_LOCKFILE/,
    explain: (_found, failure) => {
      const added = find(failure, /dependenc(?:y was|ies were) added: (.{1,120})/)
      return {
        reason: `pnpm-lock.yaml is out of step with package.json${added === undefined ? '' : `: ${added} is not in it`}.`,
        hint: 'Run `pnpm install` and commit pnpm-lock.yaml.',
      }
    },
  },
  {
    name: 'yarn-lockfile-out-of-step',
    pattern: /Your lockfile needs to be updated|YN0028/,
    explain: () => ({
      reason: 'yarn.lock is out of step with package.json.',
      hint: 'Run `yarn install` and commit yarn.lock.',
    }),
  },
  {
    name: 'npm-package-not-found',
    pattern: /(?:404 +The requested resource '([^'\s]+)'|404 +'([^'\s]+)' is not in)/,
    explain: (found) => ({
      reason: `The package ${found[1] ?? found[2]} does not exist in the registry, or is private.`,
      hint: 'Look at its name in package.json; for a private package give the build its token (build settings: env for the build).',
    }),
  },
  {
    name: 'npm-version-not-found',
    pattern: /No matching version found for (\S+?)\.?$/,
    explain: ([, wanted]) => ({
      reason: `There is no version of ${wanted} in the registry.`,
      hint: 'Choose a version that exists: `npm view <package> versions` lists them.',
    }),
  },
  {
    name: 'npm-unauthorized',
    pattern: /npm error code (E401|E403)|ERR_PNPM_FETCH_(401|403)/,
    explain: () => ({
      reason: 'The package registry refused the request: the token is missing or not valid.',
      hint: 'Set the token as an env variable, name it among the build’s env, and use it in .npmrc.',
    }),
  },
  {
    name: 'npm-peer-conflict',
    pattern: /ERESOLVE (?:unable to resolve|could not resolve)/,
    explain: (_found, failure) => {
      const peer = find(failure, /peer (\S+ from \S+)/)
      const there = find(failure, /Found: (\S+)/)
      return {
        reason: `Packages do not fit together: ${peer === undefined ? 'a peer dependency' : `peer ${peer}`} is wanted${there === undefined ? '' : `, and ${there} is there`}.`,
        hint: 'Bring the two to versions that fit, or put `legacy-peer-deps=true` into .npmrc.',
      }
    },
  },
  {
    name: 'npm-engine-refused',
    pattern: /EBADENGINE|ERR_PNPM_UNSUPPORTED_ENGINE/,
    stages: ['build'],
    explain: (_found, failure) => {
      const wanted = find(failure, /Required: \{"node":"([^"]+)"/)
      return {
        reason: `A package does not work with this version of Node.js${wanted === undefined ? '' : ` (it wants ${wanted})`}.`,
        hint: 'Set engines.node in package.json to a version that all packages take.',
      }
    },
  },
  {
    name: 'native-module-does-not-compile',
    pattern:
      /gyp ERR! (?:build error|configure error|not ok)|command sh -c (?:node-gyp|prebuild-install|node-pre-gyp)/,
    explain: (_found, failure) => {
      const header = find(failure, /fatal error: (\S+): No such file/)
      const library = find(failure, /cannot find -l(\S+?):?(?:\s|$)/)
      const path = find(failure, /npm error path \S*node_modules\/(\S+)/)
      const missing = header ?? (library === undefined ? undefined : `lib${library}`)
      return {
        reason: `The native module ${path ?? 'of a package'} could not be compiled${missing === undefined ? '' : `: ${missing} is missing`}.`,
        hint: 'Use a package with prebuilt binaries, or a Dockerfile that installs what it needs.',
      }
    },
  },
  {
    name: 'prisma-not-generated',
    pattern: /@prisma\/client did not initialize yet/,
    explain: () => ({
      reason: 'The Prisma client was not generated: `prisma generate` has not run.',
      hint: 'Add "postinstall": "prisma generate" to the scripts of package.json.',
    }),
  },
  {
    name: 'prisma-engine-missing',
    pattern:
      /(?:Prisma Client could not locate the Query Engine|Query engine library for current platform|request to \S*(?:query_engine|schema-engine)\S* failed)/,
    explain: () => ({
      reason: 'The Prisma engine for this system is not in the image.',
      hint: 'Add binaryTargets = ["native", "debian-openssl-3.0.x"] to the generator in schema.prisma.',
    }),
  },
  {
    name: 'node-heap-full',
    pattern: /JavaScript heap out of memory/,
    explain: (_found, { stage }) => ({
      reason: `Node.js ran out of memory: its heap was full${stage === 'build' ? ' during the build' : ''}.`,
      hint:
        stage === 'build'
          ? 'Set NODE_OPTIONS=--max-old-space-size=1536 for the build, or build with less.'
          : 'Give the process more memory: `vastrox limits <app> web memory=1G`.',
    }),
  },
  {
    name: 'node-file-missing',
    pattern:
      /Cannot find module '((?:\.{0,2}\/)[^']+)'|Cannot find module '(?:file:\/\/)?(\/srv\/app\/[^']+)'/,
    explain: (found, failure) => {
      const file = (found[1] ?? found[2] ?? '').replace('/srv/app/', '')
      const isBuilt = /^(?:\.\/)?(?:dist|build|out|lib)\//.test(file)
      const by =
        find(failure, /- \/srv\/app\/(\S+)/) ?? find(failure, /imported from \/srv\/app\/(\S+)/)
      return {
        reason: `The file ${file} is not there${by === undefined ? '' : ` (wanted by ${by})`}.`,
        hint: isBuilt
          ? 'It is made by a build: add a "build" script to package.json, or commit it.'
          : 'Commit it, and mind capitals: Linux tells Routes.js from routes.js.',
      }
    },
  },
  {
    name: 'node-module-not-declared',
    pattern: /Cannot find (?:module|package) '([^'./][^']*)'/,
    explain: ([, name = '']) => ({
      reason: `The package ${packageOf(name)} is used and not among the dependencies in package.json.`,
      hint: `Run \`npm install ${packageOf(name)}\` and commit package.json and the lockfile; what runs must not be in devDependencies.`,
    }),
  },
  {
    name: 'node-import-in-commonjs',
    pattern: /Cannot use import statement outside a module/,
    explain: () => ({
      reason: 'A file uses `import`, but Node.js takes it for CommonJS.',
      hint: 'Add "type": "module" to package.json, or name the file .mjs.',
    }),
  },
  {
    name: 'node-commonjs-in-module',
    pattern: /(require|module|exports|__dirname) is not defined in ES module scope/,
    explain: ([, word]) => ({
      reason: `A file uses \`${word}\` of CommonJS, but Node.js takes it for an ES module.`,
      hint: 'Use `import`, or remove "type": "module" from package.json, or name the file .cjs.',
    }),
  },
  {
    name: 'node-syntax-error',
    pattern: /^SyntaxError: (.+)/,
    explain: ([, what], failure) => {
      if (find(failure, /(node:internal)/) === undefined) return undefined
      const place = find(failure, /(?:file:\/\/)?\/srv\/app\/(\S+:\d+)/)
      return {
        reason: `There is a syntax error in ${place ?? 'a JavaScript file'}: ${what}.`,
        hint: 'Run the start command on your own machine with the same version of Node.js.',
      }
    },
  },
  {
    name: 'typescript-error',
    pattern: /^(\S+\.[cm]?tsx?)\((\d+),\d+\): error (TS\d+): (.+)/,
    explain: ([, file, line, code, what]) => ({
      reason: `TypeScript refuses ${file}, line ${line}: ${what} (${code})`,
      hint: 'Run the build script on your own machine: it fails there in the same way.',
    }),
  },
  {
    name: 'missing-script',
    pattern:
      /Missing script: "?([^"\s]+)"?|ERR_PNPM_NO_SCRIPT.*Missing script: (\S+)|Command "([^"]+)" not found/,
    explain: (found) => ({
      reason: `package.json has no script "${found[1] ?? found[2] ?? found[3]}".`,
      hint: 'Add it to the scripts of package.json, or change the command in the Procfile or the settings.',
    }),
  },
  {
    name: 'openssl-legacy',
    pattern: /ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported/,
    explain: () => ({
      reason: 'An old package uses a hash that OpenSSL 3 no longer has (md4, as webpack 4 does).',
      hint: 'Update the package; until then set NODE_OPTIONS=--openssl-legacy-provider.',
    }),
  },
]

/** `@scope/name/deep/file` → `@scope/name`. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
