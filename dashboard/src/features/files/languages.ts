import type { Extension } from '@codemirror/state'
import { type StreamParser, StreamLanguage } from '@codemirror/language'
import { t } from '#lib/words.ts'

type Load = () => Promise<Extension>

const streamed = async <State>(load: Promise<StreamParser<State>>): Promise<Extension> =>
  StreamLanguage.define(await load)

const javascript =
  (options: { jsx?: boolean; typescript?: boolean } = {}): Load =>
  async () =>
    (await import('@codemirror/lang-javascript')).javascript(options)
const html: Load = async () =>
  (await import('@codemirror/lang-html')).html({ autoCloseTags: false })
const css: Load = async () => (await import('@codemirror/lang-css')).css()
const json: Load = async () => (await import('@codemirror/lang-json')).json()
const yaml: Load = async () => (await import('@codemirror/lang-yaml')).yaml()
const php: Load = async () => (await import('@codemirror/lang-php')).php()
const python: Load = async () => (await import('@codemirror/lang-python')).python()
const markdown: Load = async () => (await import('@codemirror/lang-markdown')).markdown()
const shell: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/shell').then((mode) => mode.shell))
const properties: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/properties').then((mode) => mode.properties))
const toml: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/toml').then((mode) => mode.toml))
const dockerfile: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/dockerfile').then((mode) => mode.dockerFile))
const ruby: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/ruby').then((mode) => mode.ruby))
const go: Load = () => streamed(import('@codemirror/legacy-modes/mode/go').then((mode) => mode.go))
const rust: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/rust').then((mode) => mode.rust))
const xml: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/xml').then((mode) => mode.xml))
const sql: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/sql').then((mode) => mode.standardSQL))
const nginx: Load = () =>
  streamed(import('@codemirror/legacy-modes/mode/nginx').then((mode) => mode.nginx))

const BY_NAME: readonly (readonly [name: RegExp, label: string, load: Load])[] = [
  [/\.(js|mjs|cjs)$/i, 'JavaScript', javascript()],
  [/\.jsx$/i, 'JavaScript', javascript({ jsx: true })],
  [/\.(ts|mts|cts)$/i, 'TypeScript', javascript({ typescript: true })],
  [/\.tsx$/i, 'TypeScript', javascript({ jsx: true, typescript: true })],
  [/\.(html?|vue|svelte|ejs|hbs|twig)$/i, 'HTML', html],
  [/\.(css|scss|less)$/i, 'CSS', css],
  [/(\.(json|webmanifest|map)|^\.(prettierrc|babelrc|eslintrc))$/i, 'JSON', json],
  [/\.ya?ml$/i, 'YAML', yaml],
  [/\.(php|phtml|inc)$/i, 'PHP', php],
  [/\.pyi?$/i, 'Python', python],
  [/\.(md|markdown)$/i, 'Markdown', markdown],
  [/(\.(sh|bash|zsh)|^\.(bashrc|profile))$/i, 'Shell', shell],
  // Before what else ends with .conf.
  [/^nginx.*\.conf$/i, 'nginx', nginx],
  [
    /(\.(ini|properties|conf)|^\.env.*|^Procfile|^\.htaccess|^\.editorconfig)$/i,
    t('Settings'),
    properties,
  ],
  [/(\.toml|^Cargo\.lock)$/i, 'TOML', toml],
  [/(^Dockerfile.*|\.dockerfile)$/i, 'Dockerfile', dockerfile],
  [/(\.(rb|rake|ru)|^(Gemfile|Rakefile))$/i, 'Ruby', ruby],
  [/\.go$/i, 'Go', go],
  [/\.rs$/i, 'Rust', rust],
  [/\.(xml|svg|rss|atom|xsl)$/i, 'XML', xml],
  [/\.sql$/i, 'SQL', sql],
]

/** By the file's name; what is not known is plain text. */
export function languageOf(name: string): { label: string; load: Load | undefined } {
  const found = BY_NAME.find(([pattern]) => pattern.test(name))
  return { label: found?.[1] ?? t('Plain text'), load: found?.[2] }
}
