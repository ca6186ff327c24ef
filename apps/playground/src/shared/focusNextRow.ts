/** Gives the focus of a row's button that is about to go to that of another row, else to the form below the table. */
export function focusNextRow(button: HTMLElement): void {
  const row = button.closest('tr')
  const other = row?.nextElementSibling ?? row?.previousElementSibling
  const heir = other?.querySelector('button') ?? button.closest('section')?.querySelector<HTMLElement>('form input')
  heir?.focus()
}
