/** Words of a contact centre: sites, languages, lines of business, dispositions. */

export const sites = ['London', 'Leeds', 'Lyon', 'Lisbon', 'Leipzig', 'Lublin'] as const;

export const languages = [
  'English',
  'French',
  'German',
  'Spanish',
  'Italian',
  'Polish',
  'Portuguese',
  'Dutch',
] as const;

export const lines =
  `Sales Billing Technical_Support Retention Claims Complaints Accounts Cards Mortgages Loans Fraud
Delivery Returns Warranty Roaming Broadband Mobile Television Energy Meter_Reading Travel Booking Loyalty Business
Wholesale Partners Onboarding Cancellations Upgrades Payments Collections Insurance Motor Home Health Pensions
Investments Help_Desk Field_Service Emergency`.split(/\s+/);

export const tiers = ['Tier_1', 'Tier_2', 'Expert', 'VIP', 'Callback'] as const;

/** System name and display name; an empty display name is usual for values made long ago. */
export const dispositions: readonly (readonly [string, string])[] = [
  ['sale', 'Sale'],
  ['no_sale', 'No sale'],
  ['callback', 'Callback agreed'],
  ['complaint', 'Complaint'],
  ['info_given', 'Information given'],
  ['transferred', 'Transferred'],
  ['wrong_number', 'Wrong number'],
  ['voicemail', ''],
  ['refund', 'Refund'],
  ['technical', 'Technical fault'],
  ['cancelled', 'Contract cancelled'],
  ['Spam', ''],
];
