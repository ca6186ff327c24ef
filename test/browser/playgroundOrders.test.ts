import { expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { useOrders } from './playgroundOrdersFixtures.ts'
import type { OrdersPage } from './playgroundOrdersPage.ts'

describeBrowser('two people who edit the orders of the playground, one in React and one in Vue,', () => {
  const orders = useOrders()

  it('see what the other one does, and fetch the table once', async () => {
    const [first, second] = await orders.make('Ada Lovelace', 'Grace Hopper')
    const [ada, bob] = [await orders.open('react'), await orders.open('vue')]
    await ada.setProgress(first, 'delivered')
    await expect.poll(() => bob.progress(first).inputValue()).toBe('delivered')
    await bob.setTotal(first, '1,250.5')
    await expect.poll(() => ada.total(first).inputValue()).toBe('1,250.50')
    const third = await ada.add('Hedy Lamarr', '77')
    await bob.total(third).waitFor()
    await bob.remove(second).click()
    await expect.poll(() => ada.total(second).count()).toBe(0)
    const fourth = await bob.add('Joan Clarke', '8.20')
    await ada.remove(third).click()
    await expect.poll(() => bob.total(third).count()).toBe(0)

    await orders.expectEqual(ada, bob)
    expect(await orders.rows()).toEqual([
      `${first} Ada Lovelace 1,250.50 delivered v3`,
      `${fourth} Joan Clarke 8.20 new v1`,
    ])
    expect([ada.answers, bob.answers]).toEqual([1, 1])
  })

  it(
    'end with the same table as the server when they edit at the same time and it is started again in the middle',
    { timeout: 120_000 },
    async () => {
      orders.expected = /net::ERR_/
      const [a, b, c, d, e, f] = await orders.make('Ada', 'Barbara', 'Clara', 'Dorothy', 'Edith', 'Frances')
      // Else a poll would bring what is missing, sooner or later.
      const stopPolling = (view: OrdersPage) => view.stopPolling()
      const [ada, bob] = [await orders.open('react', stopPolling), await orders.open('vue', stopPolling)]
      const pages = [ada, bob]
      for (const { page } of pages) await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))

      await editAtOnce(ada, bob, 10)
      await orders.expectEqual(ada, bob)
      expect([ada.answers, bob.answers]).toEqual([1, 1])

      const restart = await orders.kill()
      for (const view of pages) await view.status('Offline').waitFor()
      await ada.setProgress(a, 'new')
      await ada.card.getByText(`Order ${a} was not changed: The server cannot be reached.`).waitFor()
      expect(await ada.progress(a).inputValue()).toBe('delivered')

      // Nobody is told of what happens between the start and the return of their streams.
      const mend = await Promise.all(pages.map((view) => view.cutStream()))
      await restart()
      await orders.ask('PATCH', `/${d}`, { total: 123_45 })
      await orders.ask('DELETE', `/${e}`)
      const [g] = await orders.make('Grete')
      await Promise.all([ada.setTotal(f, '70.07'), bob.setProgress(f, 'packed')])
      await expect.poll(() => orders.rows()).toContain(`${f} Frances 70.07 packed v3`)
      await Promise.all([...mend.map((open) => open()), editAtOnce(bob, ada, 20)])
      await orders.expectEqual(ada, bob)

      await editAtOnce(ada, bob, 30)
      await orders.expectEqual(ada, bob)
      expect(await orders.rows()).toEqual([
        `${a} Ada 30.01 delivered v7`,
        expect.stringMatching(new RegExp(`^${b} Barbara 30\\.0[23] new v7$`)),
        `${c} Clara 30.00 shipped v13`,
        `${d} Dorothy 123.45 new v2`,
        `${f} Frances 70.07 packed v3`,
        `${g} Grete 100.00 new v1`,
      ])
      for (const view of pages) {
        expect(await view.page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(true)
        // One at first, one after the restart; and a few for the edits that were made, or tried in vain, while no stream told of others.
        expect(view.answers).toBeGreaterThanOrEqual(2)
        expect(view.answers).toBeLessThanOrEqual(6)
      }

      /** Eight edits of three orders: of different fields of two, and of the same field of one. */
      async function editAtOnce(one: OrdersPage, other: OrdersPage, amount: number): Promise<void> {
        const before = await versions()
        const mine = async () => {
          await one.setTotal(a, `${amount}.01`)
          await one.setTotal(b, `${amount}.02`)
          await one.setProgress(c, 'shipped')
          await one.setProgress(c, 'packed')
          await one.setProgress(c, 'shipped')
        }
        const theirs = async () => {
          await other.setProgress(a, 'delivered')
          await other.setTotal(b, `${amount}.03`)
          await other.setTotal(c, `${amount}.00`)
        }
        await Promise.all([mine(), theirs()])
        await expect.poll(versions).toEqual(before.map((version, index) => version + (index === 2 ? 4 : 2)))
      }

      async function versions(): Promise<number[]> {
        return (await orders.rows()).slice(0, 3).map((row) => Number(/\d+$/.exec(row)?.[0]))
      }
    },
  )
})

for (const framework of ['react', 'vue']) {
  describeBrowser(`somebody who edits the orders of the playground in ${framework}`, () => {
    const orders = useOrders()

    it('sees a change at once, and has it put back with a reason when the server refuses it', async () => {
      orders.expected = /status of 400/
      const [id] = await orders.make('Ada')
      const ada = await orders.open(framework)
      const release = await ada.holdChanges()
      await ada.setTotal(id, '10,000.01')
      await expect.poll(() => ada.rows()).toEqual([`${id} Ada 10,000.01 new v1`])
      expect(await ada.card.getByRole('alert').textContent()).toBe('')
      release()
      const refusal = `Order ${id} was not changed: A total is from 0.00 to 10,000.00.`
      await expect.poll(() => ada.card.getByRole('alert').textContent()).toBe(refusal)
      expect(await ada.rows()).toEqual([`${id} Ada 100.00 new v1`])
      await ada.setTotal(id, '10,000')
      await expect.poll(() => ada.rows()).toEqual([`${id} Ada 10,000.00 new v2`])
      expect(await ada.card.getByRole('alert').textContent()).toBe('')
      await orders.expectEqual(ada)
      // One more after the refusal, as what was put back may be old.
      expect(ada.answers).toBeLessThanOrEqual(2)
    })

    it('keeps what is on its way to the server while others change the same order', async () => {
      const [id] = await orders.make('Ada')
      const ada = await orders.open(framework)
      const release = await ada.holdChanges()
      await ada.setTotal(id, '1.11')
      await ada.setTotal(id, '2.22')
      await orders.ask('PATCH', `/${id}`, { total: 3_33 })
      await orders.ask('PATCH', `/${id}`, { status: 'packed' })
      await ada.status('Catching up').waitFor()
      expect(await ada.total(id).inputValue()).toBe('2.22')
      release()
      await orders.expectEqual(ada)
      // One after the other, in their order.
      expect(await ada.rows()).toEqual([`${id} Ada 2.22 packed v5`])
      expect(ada.answers).toBe(1)
    })

    it('has an answer brought up to date that was on its way while others changed the table', async () => {
      const [first, second] = await orders.make('Ada', 'Bob')
      const [isRead, isOpen, isChanged] = [1, 2, 3].map(() => Promise.withResolvers<void>())
      const ada = await orders.begin(framework, async ({ page }) => {
        page.on('response', (response) => {
          if (response.url().includes('/_sse/orders')) isOpen?.resolve()
        })
        await page.route('**/api/orders', async (route) => {
          const response = await route.fetch()
          isRead?.resolve()
          await isChanged?.promise
          await route.fulfill({ response })
        })
      })
      await Promise.all([isRead?.promise, isOpen?.promise])
      await orders.ask('PATCH', `/${first}`, { total: 9_99 })
      await orders.ask('DELETE', `/${second}`)
      const [third] = await orders.make('Cleo')
      isChanged?.resolve()
      await orders.expectEqual(ada)
      expect(await ada.rows()).toEqual([`${first} Ada 9.99 new v2`, `${third} Cleo 100.00 new v1`])
      expect(ada.answers).toBe(1)
    })

    it('is told that the orders cannot be loaded, and loads them again', async () => {
      orders.expected = /net::ERR_/
      await orders.make('Ada')
      const ada = await orders.begin(framework, ({ page }) => page.route('**/api/orders', (route) => route.abort()))
      const failure = 'The orders could not be loaded: The server cannot be reached.'
      await ada.card.getByRole('alert').getByText(failure).waitFor()
      await ada.status('Not loaded').waitFor()
      await ada.page.unroute('**/api/orders')
      await ada.card.getByRole('button', { name: 'Load them again' }).click()
      await orders.expectEqual(ada)
    })

    it('keeps the focus of the keyboard while the orders are loaded again, and when they are there', async () => {
      orders.expected = /net::ERR_/
      await orders.make('Ada')
      const ada = await orders.begin(framework, ({ page }) => page.route('**/api/orders', (route) => route.abort()))
      const focused = ada.page.locator(':focus')
      const again = ada.card.getByRole('button', { name: 'Load them again' })
      const failure = ada.card.getByRole('alert').getByText(/^The orders could not be loaded/)
      await failure.waitFor()
      const failed = ada.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/orders'))
      await again.press('Enter')
      await failed
      await again.and(focused).waitFor()
      await failure.waitFor()
      await ada.page.unroute('**/api/orders')
      await again.and(focused).press('Enter')
      await orders.expectEqual(ada)
      await ada.card.getByRole('heading', { name: 'Orders' }).and(focused).waitFor()
    })

    it('is asked to add an order where there are none', async () => {
      const ada = await orders.open(framework)
      await ada.card.getByText('There are no orders. Add the first one below.').waitFor()
      const id = await ada.add('Emmy Noether', '0')
      await orders.expectEqual(ada)
      expect(await ada.rows()).toEqual([`${id} Emmy Noether 0.00 new v1`])
    })

    it('needs no mouse, and is not let go on from an amount that makes no sense', async () => {
      const [first, second, third] = await orders.make('Ada', 'Bob', 'Cleo')
      const ada = await orders.open(framework)
      const focused = ada.page.locator(':focus')
      await ada.remove(second).press('Enter')
      await ada.remove(third).and(focused).waitFor()
      await ada.remove(third).press('Enter')
      await ada.remove(first).and(focused).waitFor()
      await expect.poll(async () => (await orders.rows()).length).toBe(1)

      await ada.setTotal(first, 'a lot')
      await ada.total(first).and(focused).waitFor()
      expect(await ada.total(first).inputValue()).toBe('a lot')
      await ada.total(first).press('Escape')
      expect(await ada.total(first).inputValue()).toBe('100.00')
      await ada.total(first).fill('130')
      await ada.page.keyboard.press('Tab')
      await ada.progress(first).and(focused).waitFor()
      await expect.poll(() => orders.rows()).toEqual([`${first} Ada 130.00 new v2`])
      await orders.expectEqual(ada)
    })

    it('hears from a screen reader what becomes of the own order, and no word of what others do', async () => {
      const [first, second] = await orders.make('Ada', 'Bob')
      const ada = await orders.open(framework)
      const said = await ada.listen()
      for (const status of ['packed', 'shipped', 'delivered']) await orders.ask('PATCH', `/${first}`, { status })
      await orders.ask('DELETE', `/${second}`)
      await orders.make('Cleo')
      await orders.expectEqual(ada)
      expect(await said()).toEqual([])
      const id = await ada.add('Hedy Lamarr', '77')
      await orders.expectEqual(ada)
      expect(await said()).toEqual([`Order ${id} added.`])
    })

    it('is told that no stream gets through, and sees what is new by asking now and then', async () => {
      orders.expected = /net::ERR_/
      const [id] = await orders.make('Ada')
      const ada = await orders.begin(framework, (view) => view.cutStream())
      await ada.status('Offline').waitFor()
      await ada.total(id).waitFor()
      await orders.ask('PATCH', `/${id}`, { total: 1 })
      await expect.poll(() => ada.total(id).inputValue(), { timeout: 30_000 }).toBe('0.01')
      expect(ada.answers).toBeLessThanOrEqual(4)
    })
  })
}
