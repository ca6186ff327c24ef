import { expect, it } from 'vitest'
import { addressBlock } from './addressBlock.ts'

it.for([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
])('counts %s as its /64', ([address = '', block]) => {
  expect(addressBlock(address)).toBe(block)
})

it.for(['::ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'])(
  'counts %s as the IPv4 address that it is',
  (address) => {
    expect(addressBlock(address)).toBe('192.0.2.1')
  },
)

it.for([
  '',
  'ann',
  'unknown',
  '192.0.2.1:443',
  '[::1]:443',
  '1::2::3',
  '1:2:3',
  '12345::',
  '::1]:80/[',
  'a:b',
  ':',
  '1.2',
])('leaves %j as it is', (address) => {
  expect(addressBlock(address)).toBe(address)
})
