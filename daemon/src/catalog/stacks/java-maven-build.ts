import type { SourceTree, Wishes } from '#ports/stack.ts'
import type { JavaBuild } from './java-build.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { chooseModule, type Pom, readPom, readPoms } from './java-maven.ts'

/** The whole of a Maven project, or the module of it that is the app. */
export function mavenBuild(tree: SourceTree, wishes: Wishes): JavaBuild {
  const whole = wholeOf(wishes)
  const source = whole?.tree ?? tree
  const root = readPom(source, '.')
  if (!root)
    throw new CodedError('STACK_NOT_DETECTED', { reason: 'pom.xml is longer than can be read.' })
  const poms = readPoms(source, root)
  const module = moduleOf(poms, whole?.module)
  const app = module ?? root
  if (app.packaging === 'war' && app.framework === undefined)
    throw new CodedError('STACK_NOT_DETECTED', {
      reason: `${fileOf(app)} makes a war for an application server, which Vastrox does not run: make a jar that starts by itself, or add a Dockerfile.`,
    })
  const wrapper = hasWrapper(source)
  const settings = source.paths.has('settings.xml') ? ' -s settings.xml' : ''
  const part = app.folder === '.' ? '' : ` -pl ${app.folder} -am`
  const command = wrapper ? 'sh ./mvnw' : 'mvn'
  const others = poms.filter(
    (pom) => pom !== app && pom.framework !== undefined && pom.packaging !== 'pom',
  )
  return {
    tool: 'maven',
    build: `${command} -B -ntp${settings} -DskipTests${part} package`,
    first: null,
    output: app.folder === '.' ? 'target' : `${app.folder}/target`,
    framework: app.framework,
    startsByScript: false,
    versions: { poms: [...new Set([app, root])] },
    context: whole ? 'repository' : 'root-directory',
    because: [
      wrapper ? "Maven by the project's wrapper (mvnw)" : "Maven (Debian's)",
      ...(app.folder === '.'
        ? []
        : [`module ${app.folder} of ${poms.length - 1}: ${whyModule(app, others, whole)}`]),
      ...(settings === '' ? [] : ['settings.xml is used']),
    ],
    alternatives: others.map(
      ({ folder }) => `Set rootDirectory to ${folder} to run that module instead.`,
    ),
  }
}

interface Whole {
  tree: SourceTree
  module: string
}

/** rootDirectory may name a module of a build that begins in the root of the repository. */
function wholeOf({ repository, rootDirectory }: Wishes): Whole | undefined {
  if (!repository || rootDirectory === null) return undefined
  const root = readPom(repository, '.')
  if (!root || !readPoms(repository, root).some(({ folder }) => folder === rootDirectory))
    return undefined
  return { tree: repository, module: rootDirectory }
}

const moduleOf = (poms: readonly Pom[], named: string | undefined): Pom | undefined =>
  named === undefined ? chooseModule(poms) : poms.find(({ folder }) => folder === named)

function whyModule(app: Pom, others: readonly Pom[], whole: Whole | undefined): string {
  if (whole) return 'rootDirectory names it'
  if (others.length > 0) return 'by its name and what it depends on'
  return 'the one that runs'
}

const hasWrapper = ({ paths }: SourceTree): boolean =>
  paths.has('mvnw') && paths.has('.mvn/wrapper/maven-wrapper.properties')

const fileOf = ({ folder }: Pom): string => (folder === '.' ? 'pom.xml' : `${folder}/pom.xml`)
