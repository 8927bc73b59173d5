import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { AppName } from '@vastrox/shared/app.ts'
import { parseImageReference } from '@vastrox/shared/image-reference.ts'
import { useState } from 'react'
import { useForm, type UseFormReturn, useWatch } from 'react-hook-form'
import { z } from 'zod'
import { type NewApp, NotDeployed, startersQuery, useNewApp } from '#features/apps/queries.ts'
import { describeError } from '#lib/api-error.ts'
import { Button } from '#ui/button.tsx'
import { DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'

const Form = z
  .object({
    name: AppName,
    from: z.enum(['push', 'starter', 'image']),
    starter: z.string(),
    image: z.string().trim(),
  })
  .superRefine(({ from, starter, image }, context) => {
    if (from === 'starter' && starter === '')
      context.addIssue({ code: 'custom', path: ['starter'], message: 'Choose one.' })
    if (from === 'image' && parseImageReference(image) === undefined)
      context.addIssue({
        code: 'custom',
        path: ['image'],
        message: 'Write it as name:tag or registry.example/team/name:tag.',
      })
  })
type Form = z.infer<typeof Form>

interface Props {
  /** The starter that was picked before the dialog was opened. */
  starter?: string | undefined
  onClose: () => void
}

export function NewAppForm({ starter, onClose }: Props) {
  const navigate = useNavigate()
  const newApp = useNewApp()
  const [made, setMade] = useState<string>()
  const form = useForm<Form>({
    resolver: zodResolver(Form),
    defaultValues: {
      name: starter ?? '',
      from: starter === undefined ? 'push' : 'starter',
      starter: starter ?? '',
      image: '',
    },
    mode: 'onChange',
  })
  const { errors } = form.formState
  const [name, from] = useWatch({ control: form.control, name: ['name', 'from'] })

  const submit = form.handleSubmit((input) =>
    newApp.mutate(
      { ...wishOf(input), exists: made === input.name },
      {
        onSuccess: (app) => {
          onClose()
          const to = input.from === 'push' ? '/apps/$name/push' : '/apps/$name'
          void navigate({ to, params: { name: app.name } })
        },
        onError: (error, wish) => {
          // The app may be there and only its image refused: the next try makes no second one.
          const isMade = error instanceof NotDeployed
          if (isMade) setMade(wish.name)
          const { message, hint } = describeError(isMade ? error.cause : error)
          const field = isMade ? 'image' : 'name'
          form.setError(field, { message: hint ? `${message} ${hint}` : message })
        },
      },
    ),
  )

  return (
    <form onSubmit={submit} className="space-y-5">
      <Field
        label="Name"
        placeholder="my-app"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        mono
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog begins with it
        autoFocus
        hint="2 to 40 lower-case letters, digits or hyphens, beginning with a letter."
        error={name.length > 1 ? errors.name?.message : undefined}
        {...form.register('name')}
      />
      <Select label="Begin with" {...form.register('from')}>
        <option value="push">Code of your own, by git push</option>
        <option value="starter">A starter</option>
        <option value="image">An image</option>
      </Select>
      {from === 'starter' && <StarterField form={form} />}
      {from === 'image' && (
        <Field
          label="Image"
          placeholder="registry.example/team/name:tag"
          autoCapitalize="none"
          spellCheck={false}
          mono
          hint="Taken as it is; the digest that its tag means now is pinned."
          error={errors.image?.message}
          {...form.register('image')}
        />
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={newApp.isPending} disabled={name === ''}>
          {labelOf(from, newApp.isPending)}
        </Button>
      </DialogActions>
    </form>
  )
}

function StarterField({ form }: { form: UseFormReturn<Form> }) {
  const { data: starters = [] } = useQuery(startersQuery)
  const chosen = useWatch({ control: form.control, name: 'starter' })
  const description = starters.find(({ name }) => name === chosen)?.description
  return (
    <Select
      key={starters.length}
      label="Starter"
      hint={form.formState.errors.starter?.message ?? description}
      {...form.register('starter')}
    >
      <option value="">Choose one</option>
      {starters.map(({ name, title, stack }) => (
        <option key={name} value={name}>
          {title} ({stack})
        </option>
      ))}
    </Select>
  )
}

const wishOf = ({ name, from, starter, image }: Form): NewApp => ({
  name,
  ...(from === 'starter' && { starter }),
  ...(from === 'image' && { image }),
})

function labelOf(from: Form['from'], isPending: boolean): string {
  if (isPending) return 'Creating …'
  return from === 'push' ? 'Create app' : 'Create and deploy'
}
