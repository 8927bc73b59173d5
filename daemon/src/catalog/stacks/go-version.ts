import { CodedError } from '@vastrox/shared/errors.ts'
import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import { compare, type GoModule } from './go-module.ts'
import { plainText } from './plain-text.ts'

/** The Go that is prepared; newer and older ones come from the module proxy. */
export const GO_VERSION = '1.24'
/** Before it Go was not to be had as a module. */
const OLDEST = '1.21'

export interface GoVersion {
  /** Of GOTOOLCHAIN. */
  toolchain: string
  because: string
}

/** The go and toolchain lines are the go command's to obey: it fetches what they ask for. */
export function chooseGoVersion(
  tree: SourceTree,
  wishes: Wishes,
  module: GoModule | undefined,
): GoVersion {
  const said = saidVersion(tree, wishes)
  if (said) {
    if (compare(said.version, OLDEST) < 0)
      throw new CodedError('STACK_NOT_DETECTED', {
        reason: `${said.where} ${plainText(said.version)}; Vastrox has Go ${OLDEST} and later.`,
      })
    if (isPrepared(said.version)) return prepared(`${said.where} ${said.version}`)
    const whole = said.version.split('.').length < 3 ? `${said.version}.0` : said.version
    return {
      toolchain: `go${whole}+auto`,
      because: `Go ${whole} (${said.where} ${said.version}; fetched from the module proxy)`,
    }
  }
  const go = module?.go
  if (go === undefined) return prepared('the default; a go line in go.mod chooses another')
  if (compare(go, `${GO_VERSION}.0`) <= 0) return prepared(`${module?.file} says ${go}`)
  const because = `Go ${go} or later (${module?.file} says so; fetched from the module proxy)`
  return { toolchain: 'auto', because }
}

const prepared = (why: string): GoVersion => ({
  toolchain: 'auto',
  because: `Go ${GO_VERSION} (${why})`,
})

const isPrepared = (version: string): boolean => version === GO_VERSION

function saidVersion(
  tree: SourceTree,
  wishes: Wishes,
): { version: string; where: string } | undefined {
  const { version } = wishes
  if (version !== null) return { version, where: `version in ${whereSaid(wishes, 'version')} is` }
  const file = /^(?:go)?(\d+\.\d+(?:\.\d+)?)\s*$/.exec((tree.read('.go-version') ?? '').trim())?.[1]
  if (file !== undefined) return { version: file, where: '.go-version says' }
  const tools = /^go(?:lang)?[ \t]+(\d+\.\d+(?:\.\d+)?)/m.exec(
    tree.read('.tool-versions') ?? '',
  )?.[1]
  return tools === undefined ? undefined : { version: tools, where: '.tool-versions says' }
}
