import type { ComponentProps } from 'react'

interface Props extends ComponentProps<'input'> {
  label: string
  onText: (text: string) => void
}

/** A field of a form that has to be filled in. */
export function TextField({ label, onText, ...input }: Props) {
  return (
    <label className="field">
      {label}
      <input autoComplete="off" required {...input} onChange={(event) => onText(event.target.value)} />
    </label>
  )
}
