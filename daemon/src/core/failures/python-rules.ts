import { find, type Rule } from '#core/failures/rule.ts'

/** Where the name of an import is not the name of its package. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python-headless',
  dotenv: 'python-dotenv',
  MySQLdb: 'mysqlclient',
  PIL: 'pillow',
  psycopg: 'psycopg[binary]',
  psycopg2: 'psycopg2-binary',
  rest_framework: 'djangorestframework',
  sklearn: 'scikit-learn',
  yaml: 'pyyaml',
}

/** What Python, its installers and frameworks say. */
export const pythonRules: readonly Rule[] = [
  {
    name: 'django-allowed-hosts',
    pattern: /Invalid HTTP_HOST header: '([^']+)'|DisallowedHost|answers 400 to GET/,
    stages: ['start'],
    explain: (found, failure) => ({
      reason: `The app refuses the host name${found[1] === undefined ? '' : ` ${found[1]}`} and answers 400${find(failure, /(django)/i) === undefined ? '' : ': it is not in ALLOWED_HOSTS'}.`,
      hint: 'Let it accept its host names; with Django put them, or ".your-domain" for all, into ALLOWED_HOSTS.',
    }),
  },
  {
    name: 'django-secret-key',
    pattern: /The SECRET_KEY setting must not be empty/,
    explain: () => ({
      reason: 'Django has no SECRET_KEY.',
      hint: 'Read it from the env in settings.py and set it: `vastrox env:set <app> SECRET_KEY=…`.',
    }),
  },
  {
    name: 'django-static-root',
    pattern: /without having set the STATIC_ROOT setting/,
    explain: () => ({
      reason: 'Static files cannot be collected: settings.py sets no STATIC_ROOT.',
      hint: "Add STATIC_ROOT = BASE_DIR / 'staticfiles', or set DISABLE_COLLECTSTATIC=1.",
    }),
  },
  {
    name: 'python-env-missing',
    pattern: /^KeyError: '([A-Z][A-Z0-9_]+)'/,
    explain: ([, key], failure) =>
      failure.lines.some((line) => line.includes('environ') || line.includes('frozen os'))
        ? {
            reason: `The env variable ${key} is not set.`,
            hint: `Set it: \`vastrox env:set <app> ${key}=…\`.`,
          }
        : undefined,
  },
  {
    name: 'python-module-not-declared',
    pattern: /(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?/,
    last: true,
    explain: ([, module = ''], failure) => {
      const [top = module] = module.split('.')
      const by = find(failure, /File "\/srv\/app\/([^"]+)"/)
      const name = PACKAGE_OF[top] ?? top
      return {
        reason: `The module ${top} is imported${by === undefined ? '' : ` by ${by}`} and not among the requirements.`,
        hint: `Add ${name} to requirements.txt (or pyproject.toml); if it is a module of yours, commit it.`,
      }
    },
  },
  {
    name: 'python-package-not-found',
    pattern:
      /Because (\S+) was not found in the package registry|No matching distribution found for (\S+)/,
    explain: (found) => ({
      reason: `The package ${found[1] ?? found[2]} does not exist in the registry.`,
      hint: 'Look at its name in the requirements; a private index is set by UV_INDEX_URL as env of the build.',
    }),
  },
  {
    name: 'python-version-not-found',
    pattern: /[Bb]ecause there (?:is no version of|are no versions of) (\S+?) /,
    explain: ([, wanted]) => ({
      reason: `There is no version of ${wanted} in the registry.`,
      hint: 'Choose a version that exists and that takes this version of Python.',
    }),
  },
  {
    name: 'python-versions-conflict',
    pattern:
      /Because (\S+ depends on \S+)|Cannot install .{1,200} because these package versions have conflicting/,
    explain: (found, failure) => {
      const wanted = find(
        failure,
        /you require ([a-zA-Z0-9_.-]+==[^\s,]+), we can conclude that your/,
      )
      return {
        reason: `The requirements contradict each other${found[1] === undefined ? '' : `: ${found[1].replace(/,$/, '')}`}${wanted === undefined ? '' : `, and ${wanted} is asked for`}.`,
        hint: 'Change one of the two in the requirements.',
      }
    },
  },
  {
    name: 'postgres-client-missing',
    pattern: /pg_config executable not found|mysql_config not found/,
    explain: () => ({
      reason: 'A database driver is compiled, and the files of its client library are missing.',
      hint: 'Use psycopg2-binary or psycopg[binary] in place of psycopg2.',
    }),
  },
  {
    name: 'python-wheel-does-not-build',
    pattern: /Failed to build `?([\w.-]+)|error: command '[^']*(?:gcc|g\+\+|cc)' failed/,
    explain: (found, failure) => {
      const header = find(failure, /fatal error: (\S+): No such file/)
      return {
        reason: `The package ${found[1] ?? ''} could not be built${header === undefined ? '' : `: ${header} is missing`}.`,
        hint: 'Choose a version that has a wheel for this version of Python.',
      }
    },
  },
  {
    name: 'python-syntax-error',
    pattern: /^(SyntaxError|IndentationError|TabError): (.+)/,
    explain: ([, , what], failure) => {
      const file = find(failure, /File "\/srv\/app\/([^"]+", line \d+)/)?.replace('",', ',')
      return {
        reason: `There is a syntax error in ${file ?? 'a Python file'}: ${what}.`,
        hint: 'Run it on your own machine with the same version of Python.',
      }
    },
  },
  {
    name: 'wsgi-object-not-found',
    pattern:
      /Failed to find (?:attribute|application object) '([^']+)' in '([^']+)'|Attribute "([^"]+)" not found in module "([^"]+)"/,
    explain: (found) => ({
      reason: `The server finds no ${found[1] ?? found[3]} in ${found[2] ?? found[4]}.`,
      hint: 'Name the module and the app object in the Procfile: `web: gunicorn module:app`.',
    }),
  },
]
