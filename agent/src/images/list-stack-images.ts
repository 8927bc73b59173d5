import type { BaseImageState, StackImages, StackImageState } from '@vastrox/shared/agent-api.ts'
import { StackImage } from '@vastrox/shared/agent-api.ts'
import { parseStackImageName } from '@vastrox/shared/image-reference.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { chooseRecipe } from '#agent/images/choose-recipe.ts'
import { recipes } from '#agent/images/recipes/index.ts'
import { tagsOf } from '#agent/images/stack-image.ts'
import { variantsOf } from '#agent/images/variants.ts'

const Images = z.array(
  z.object({
    Created: z.int(),
    Size: z.int(),
    RepoTags: z.array(z.string()).nullable(),
    Labels: z.record(z.string(), z.string()).nullable(),
  }),
)
type Listed = z.infer<typeof Images>[number]

const BASE = 'vastrox/base:'

/** What can be had and what is there. See list-stack-images in agent-api.ts. */
export async function listStackImages(engine: Engine): Promise<StackImages> {
  const listed = await engine.get('/images/json', Images, {
    query: { filters: JSON.stringify({ label: [`${LABEL.kind}=stack`] }) },
  })
  const byTag = new Map(listed.flatMap((each) => (each.RepoTags ?? []).map((tag) => [tag, each])))
  const images = [...offeredImages(), ...wholeVersions(byTag)].map((image) => stateOf(image, byTag))
  const bases = [...byTag].flatMap(([tag, image]) =>
    tag.startsWith(BASE) ? [baseState(tag.slice(BASE.length), image)] : [],
  )
  return { images, bases: bases.toSorted((one, other) => one.suite.localeCompare(other.suite)) }
}

/** Each version once, whatever number of suites it can be made of. */
const offeredImages = (): StackImage[] =>
  recipes.flatMap(({ stack, versions }) =>
    [...new Set(versions.map(({ version }) => version))].map((version) => ({ stack, version })),
  )

/** Whole versions that were asked for: `22.12.0`. */
function wholeVersions(byTag: ReadonlyMap<string, Listed>): StackImage[] {
  const offered = new Set(offeredImages().map((image) => tagsOf(image).runtimeImage))
  return [...byTag.keys()].flatMap((tag) => {
    const image = StackImage.safeParse(parseStackImageName(tag)).data
    if (!image || offered.has(tag) || tagsOf(image).runtimeImage !== tag) return []
    const recipe = recipes.find((each) => each.stack === image.stack)
    return recipe?.exactVersions ? [image] : []
  })
}

function stateOf(image: StackImage, byTag: ReadonlyMap<string, Listed>): StackImageState {
  const { recipe } = chooseRecipe(image)
  const tags = tagsOf(image)
  const offered = recipe.versions.filter(({ version }) => version === image.version)
  return {
    ...image,
    title: recipe.title,
    isDefault: recipe.versions[0]?.version === image.version,
    needsRegistry: offered.length > 0 && offered.every((each) => each.needsRegistry === true),
    prepared: preparedOf(image, byTag.get(tags.runtimeImage), byTag.get(tags.buildImage)),
  }
}

function preparedOf(
  image: StackImage,
  runtime: Listed | undefined,
  build: Listed | undefined,
): StackImageState['prepared'] {
  if (!runtime || !build) return null
  const variants = variantsOf(chooseRecipe(image))
  const recipe = runtime.Labels?.[LABEL.recipe]
  const variant = variants.find((each) => each.recipe === recipe)
  const digest = runtime.Labels?.[LABEL.digest] ?? null
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

function baseState(suite: string, { Created, Size, Labels }: Listed): BaseImageState {
  const digest = Labels?.[LABEL.digest] ?? null
  return {
    suite,
    preparedAt: new Date(Created * 1_000).toISOString(),
    sizeBytes: Size,
    origin: digest === null ? 'distribution' : 'registry',
    digest,
  }
}
