import {
  type BaseImageState,
  PreparedImage,
  type PreparedImageState,
  type StackImages,
  StackImageState,
} from '@vastrox/shared/agent-api.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import { recipes } from '#agent/images/recipes/index.ts'
import type { StackRecipe, Suite } from '#agent/images/recipes/recipe.ts'
import { digestIn } from '#agent/images/stack-image.ts'
import { type Variant, variantsOf } from '#agent/images/variants.ts'

const Images = z.array(
  z.object({
    Created: z.int(),
    Size: z.int(),
    RepoTags: z.array(z.string()).nullable(),
    Labels: z.record(z.string(), z.string()).nullable(),
  }),
)
const SUITES: readonly Suite[] = ['trixie', 'bookworm', 'bullseye']

type Listed = z.infer<typeof Images>[number]

/** What can be had and what is there. See list-stack-images in agent-api.ts. */
export async function listStackImages(
  deps: { engine: Engine; names: ImageNames },
  from: readonly StackRecipe[] = recipes,
): Promise<StackImages> {
  const { images, bases } = await listPreparedImages(deps, from)
  return { images: images.flatMap((image) => StackImageState.safeParse(image).data ?? []), bases }
}

/** The same of whatever is prepared, databases too. */
export async function listPreparedImages(
  { engine, names }: { engine: Engine; names: ImageNames },
  from: readonly StackRecipe[],
): Promise<{ images: PreparedImageState[]; bases: BaseImageState[] }> {
  const listed = await engine.get('/images/json', Images, {
    query: { filters: JSON.stringify({ label: [`${LABEL.kind}=stack`] }) },
  })
  const byTag = new Map(listed.flatMap((each) => (each.RepoTags ?? []).map((tag) => [tag, each])))
  const images = [...offeredImages(from), ...wholeVersions(from, names, byTag)].map((image) =>
    stateOf(from, names, image, byTag),
  )
  const bases = SUITES.flatMap((suite) => {
    const image = byTag.get(names.base(suite))
    return image ? [baseState(suite, image)] : []
  })
  return { images, bases }
}

/** Each version once, whatever number of suites it can be made of. */
const offeredImages = (from: readonly StackRecipe[]): PreparedImage[] =>
  from.flatMap(({ stack, versions }) =>
    [...new Set(versions.map(({ version }) => version))].map((version) => ({ stack, version })),
  )

/** Whole versions that were asked for: `22.12.0`. */
function wholeVersions(
  from: readonly StackRecipe[],
  names: ImageNames,
  byTag: ReadonlyMap<string, Listed>,
): PreparedImage[] {
  const offered = new Set(offeredImages(from).map(names.runtime))
  return [...byTag.keys()].flatMap((tag) => {
    const [name = '', version] = tag.split(':')
    const stack = name.startsWith(`${names.namespace}/`)
      ? name.slice(names.namespace.length + 1)
      : ''
    const image = PreparedImage.safeParse({ stack, version }).data
    if (!image || offered.has(tag)) return []
    const recipe = from.find((each) => each.stack === image.stack)
    const isOffered = recipe?.versions.some((each) => image.version.startsWith(`${each.version}.`))
    return recipe?.exactVersions && isOffered ? [image] : []
  })
}

function stateOf(
  from: readonly StackRecipe[],
  names: ImageNames,
  image: PreparedImage,
  byTag: ReadonlyMap<string, Listed>,
): PreparedImageState {
  const { recipe } = chooseRecipe(image, from)
  const offered = recipe.versions.filter(({ version }) => version === image.version)
  return {
    ...image,
    title: recipe.title,
    isDefault: recipe.versions[0]?.version === image.version,
    needsRegistry: offered.length > 0 && offered.every((each) => each.needsRegistry === true),
    prepared: preparedOf(
      variantsOf(names, chooseRecipe(image, from)),
      byTag.get(names.runtime(image)),
      byTag.get(names.build(image)),
    ),
  }
}

function preparedOf(
  variants: readonly Variant[],
  runtime: Listed | undefined,
  build: Listed | undefined,
): PreparedImageState['prepared'] {
  if (!runtime || !build) return null
  const recipe = runtime.Labels?.[LABEL.recipe]
  const variant = variants.find((each) => each.recipe === recipe)
  const digest = digestIn(runtime.Labels)
  return {
    suite: runtime.Labels?.[LABEL.suite] ?? variant?.offered.suite ?? 'unknown',
    preparedAt: new Date(runtime.Created * 1_000).toISOString(),
    sizeBytes: runtime.Size,
    buildSizeBytes: build.Size,
    origin: digest === null ? 'distribution' : 'registry',
    digest,
    isOutdated: variant === undefined || build.Labels?.[LABEL.recipe] !== recipe,
  }
}

function baseState(suite: Suite, { Created, Size, Labels }: Listed): BaseImageState {
  const digest = digestIn(Labels)
  return {
    suite,
    preparedAt: new Date(Created * 1_000).toISOString(),
    sizeBytes: Size,
    origin: digest === null ? 'distribution' : 'registry',
    digest,
  }
}
