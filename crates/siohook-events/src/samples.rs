// Written from `fixtures/` by `UPDATE_CATALOGUE=1 cargo test -p siohook-docs`.

/// The last lines of a payload's documentation.
macro_rules! sample {
    (OptInCompleted) => {
        r#"# Sample body

`contact.optin.completed.funnel_step`:

```json
{
  "type": "contact.optin.completed",
  "data": {
    "funnel_step": {
      "id": 2102831,
      "name": "Squeeze page",
      "type": "squeeze",
      "funnel": {
        "id": 614554,
        "name": "webhook data structure documentation"
      }
    },
    "contact": {
      "id": 29142804,
      "email": "contact+aslkfkvmk@example.com",
      "fields": [],
      "ip": "203.0.113.109",
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    }
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T08:10:29+00:00"
}
```

`contact.optin.completed.page_model`:

```json
{
  "type": "contact.optin.completed",
  "data": {
    "page_model": {
      "id": 2643372,
      "name": "Home page",
      "blog": {
        "id": 33665,
        "name": "Test blog"
      }
    },
    "contact": {
      "id": 29148862,
      "email": "contact+sdadk@example.com",
      "fields": [],
      "ip": "203.0.113.109",
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    }
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T10:25:23+00:00"
}
```
"#
    };
    (SaleCompleted) => {
        r#"# Sample body

`customer.sale.completed`:

```json
{
  "type": "customer.sale.completed",
  "data": {
    "customer": {
      "id": 616824,
      "payment_processor": "paypal",
      "contact_id": 20756080,
      "email": "customer@example.com",
      "fields": {
        "country": "FR",
        "phone_number": "test-1922",
        "street_address": "test-1922",
        "first_name": "test-1922",
        "surname": "test-1922",
        "postcode": "test-1922",
        "city": "test-1922"
      },
      "client_ip": "172.31.31.127"
    },
    "funnel_step": {
      "id": 311,
      "name": "Comment cr\u00e9er un blog qui rapporte",
      "type": "offer-form",
      "funnel": {
        "id": 118,
        "name": "Comment cr\u00e9er un blog qui rapporte"
      }
    },
    "offer_price_plan": {
      "id": 19,
      "name": "Comment cr\u00e9er un blog qui rapporte",
      "inner_name": "Comment cr\u00e9er un blog qui rapporte",
      "type": "one_shot",
      "direct_charge_amount": 583,
      "subscription_plan": null,
      "currency": "eur"
    },
    "order": {
      "id": 612661,
      "created_at": "2021-09-10T14:23:17+00:00"
    },
    "order_item": {
      "id": 763123,
      "created_at": "2021-09-10T14:23:17+00:00",
      "resources": [
        {
          "quantity": null,
          "enrollment_access_type": null,
          "enrollment_dripping_access_course": null,
          "type": "systemeio_tag",
          "course": null,
          "course_bundle": null,
          "physical_product": null,
          "data": {
            "id": 110,
            "name": "FR-Client-CCBQR-7"
          }
        },
        {
          "quantity": null,
          "enrollment_access_type": "full_access",
          "enrollment_dripping_access_course": null,
          "type": "membership_course",
          "course_bundle": null,
          "physical_product": null,
          "tag": null,
          "data": {
            "id": 111,
            "name": "Formation Un blog qui rapporte",
            "description": null
          }
        }
      ]
    },
    "coupon": null
  },
  "account": {
    "email": "owner@example.com"
  },
  "created_at": "2021-09-10T14:23:33+00:00"
}
```
"#
    };
    (TagAdded) => {
        r#"# Sample body

`contact.tag.added`:

```json
{
  "type": "contact.tag.added",
  "data": {
    "tag": {
      "id": 141002,
      "name": "MyAwesomeTag"
    },
    "contact": {
      "id": 29143587,
      "email": "contact+lksdllfnsnkfdls@example.com",
      "fields": [],
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    }
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T09:52:38+00:00"
}
```
"#
    };
    (TagRemoved) => {
        r#"# Sample body

`contact.tag.removed`:

```json
{
  "type": "contact.tag.removed",
  "data": {
    "tag": {
      "id": 141002,
      "name": "MyAwesomeTag"
    },
    "contact": {
      "id": 27212122,
      "email": "contact+test@example.com",
      "fields": {
        "first_name": "Tema test",
        "surname": "Testovich"
      },
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    }
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T09:54:08+00:00"
}
```
"#
    };
    (WebinarRegistered) => {
        r#"# Sample body

`contact.webinar.registered`:

```json
{
  "type": "contact.webinar.registered",
  "data": {
    "webinar": {
      "id": 54072,
      "duration": "7200",
      "funnel_step": {
        "id": 2103445,
        "name": "Webinar registration",
        "type": "webinar_registration",
        "funnel": {
          "id": 614774,
          "name": "webinar funnel"
        }
      }
    },
    "contact": {
      "id": 29149232,
      "email": "contact+wklm@example.com",
      "fields": [],
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    },
    "registered_at": "2021-10-05T10:37:06+00:00",
    "scheduled_at": "2021-10-05T15:00:00+00:00"
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T10:37:06+00:00"
}
```
"#
    };
    (CourseEnrolled) => {
        r#"# Sample body

`contact.course.enrolled`:

```json
{
  "type": "contact.course.enrolled",
  "data": {
    "course": {
      "id": 44685,
      "name": "webhook data structure doc",
      "description": null
    },
    "contact": {
      "id": 29150265,
      "email": "contact+kek@example.com",
      "fields": {
        "first_name": "name",
        "surname": "last name"
      },
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    },
    "access_type": "full_access"
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T11:12:29+00:00"
}
```
"#
    };
    (CourseBundleEnrolled) => {
        r#"# Sample body

`contact.course_bundle.enrolled`:

```json
{
  "type": "contact.course_bundle.enrolled",
  "data": {
    "course_bundle": {
      "id": 6624,
      "name": "webhook data structure doc"
    },
    "contact": {
      "id": 27212122,
      "email": "contact+test@example.com",
      "fields": {
        "first_name": "Tema test",
        "surname": "Testovich"
      },
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    },
    "access_type": "full_access",
    "first_active_course": null
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T15:42:47+00:00"
}
```
"#
    };
    (CampaignFinished) => {
        r#"# Sample body

`contact.campaign.finished`:

```json
{
  "type": "contact.campaign.finished",
  "data": {
    "campaign": {
      "id": 82393,
      "name": "test campaign",
      "description": "webhook data structure doc"
    },
    "contact": {
      "id": 29150412,
      "email": "contact+luiklas@example.com",
      "fields": {
        "first_name": "sadkl;",
        "surname": "dsl;;"
      },
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    }
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T15:42:53+00:00"
}
```
"#
    };
    (PageVisited) => {
        r#"# Sample body

`contact.page.visited`:

```json
{
  "type": "contact.page.visited",
  "data": {
    "funnel_step": {
      "id": 2102832,
      "name": "Thank You \/ Download Page",
      "type": "opt_in_thank_you_page",
      "funnel": {
        "id": 614554,
        "name": "webhook data structure documentation"
      }
    },
    "contact": {
      "id": 29171084,
      "email": "contact+asdfg@example.com",
      "fields": [],
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    }
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-05T16:29:02+00:00"
}
```
"#
    };
    (EmailLinkClicked) => {
        r#"# Sample body

`contact.email_link.clicked`:

```json
{
  "type": "contact.email_link.clicked",
  "data": {
    "sent_email": {
      "id": 1321034,
      "subject": "test email webhook"
    },
    "contact": {
      "id": 24431099,
      "email": "contact@example.com",
      "fields": {
        "first_name": "Test",
        "surname": "Testovich"
      },
      "ip": null,
      "referred_by_contact_id": null,
      "referred_by_contact_email": null
    }
  },
  "account": {
    "email": "contact@example.com"
  },
  "created_at": "2021-10-07T10:07:08+00:00"
}
```
"#
    };
    (PaymentFailed) => {
        r#"# Sample body

`subscription.payment.failed`:

```json
{
  "type": "subscription.payment.failed",
  "data": {},
  "account": {
    "email": "owner@example.com"
  },
  "created_at": "2026-09-28T07:41:13+00:00"
}
```
"#
    };
    (ContactCreated) => {
        r#"# Sample body

`CONTACT_CREATED`:

```json
{
  "contact": {
    "id": 445120981,
    "email": "lea.martin@example.com",
    "registeredAt": "2026-03-02T09:14:05+00:00",
    "locale": "fr",
    "sourceURL": "https:\/\/atelier-lea.example\/guide?utm_source=newsletter",
    "unsubscribed": false,
    "bounced": false,
    "needsConfirmation": false,
    "fields": [
      {
        "fieldName": "Pr\u00e9nom",
        "slug": "first_name",
        "value": "L\u00e9a"
      },
      {
        "fieldName": "Nom",
        "slug": "surname",
        "value": "Martin"
      },
      {
        "fieldName": "T\u00e9l\u00e9phone",
        "slug": "phone_number",
        "value": null
      }
    ],
    "tags": []
  }
}
```
"#
    };
    (ContactTagAdded) => {
        r#"# Sample body

`CONTACT_TAG_ADDED`:

```json
{
  "contact": {
    "id": 445120981,
    "email": "lea.martin@example.com",
    "registeredAt": "2026-03-02T09:14:05+00:00",
    "locale": "fr",
    "sourceURL": "https:\/\/atelier-lea.example\/guide?utm_source=newsletter",
    "unsubscribed": false,
    "bounced": false,
    "needsConfirmation": false,
    "fields": [
      {
        "fieldName": "Pr\u00e9nom",
        "slug": "first_name",
        "value": "L\u00e9a"
      },
      {
        "fieldName": "Nom",
        "slug": "surname",
        "value": "Martin"
      },
      {
        "fieldName": "T\u00e9l\u00e9phone",
        "slug": "phone_number",
        "value": null
      }
    ],
    "tags": [
      {
        "id": 1758301,
        "name": "Newsletter"
      },
      {
        "id": 1758324,
        "name": "\u00c9l\u00e8ve"
      }
    ]
  },
  "tag": {
    "id": 1758324,
    "name": "\u00c9l\u00e8ve"
  }
}
```
"#
    };
    (ContactTagRemoved) => {
        r#"# Sample body

`CONTACT_TAG_REMOVED`:

```json
{
  "contact": {
    "id": 445120981,
    "email": "lea.martin@example.com",
    "registeredAt": "2026-03-02T09:14:05+00:00",
    "locale": "fr",
    "sourceURL": "https:\/\/atelier-lea.example\/guide?utm_source=newsletter",
    "unsubscribed": false,
    "bounced": false,
    "needsConfirmation": false,
    "fields": [
      {
        "fieldName": "Pr\u00e9nom",
        "slug": "first_name",
        "value": "L\u00e9a"
      },
      {
        "fieldName": "Nom",
        "slug": "surname",
        "value": "Martin"
      },
      {
        "fieldName": "T\u00e9l\u00e9phone",
        "slug": "phone_number",
        "value": null
      }
    ],
    "tags": [
      {
        "id": 1758301,
        "name": "Newsletter"
      }
    ]
  },
  "tag": {
    "id": 1758324,
    "name": "\u00c9l\u00e8ve"
  }
}
```

`CONTACT_TAG_REMOVED.nested`:

```json
{
  "contact": {
    "contact": {
      "id": 445120981,
      "email": "lea.martin@example.com",
      "registeredAt": "2026-03-02T09:14:05+00:00",
      "locale": "fr",
      "sourceURL": "https:\/\/atelier-lea.example\/guide?utm_source=newsletter",
      "unsubscribed": false,
      "bounced": false,
      "needsConfirmation": false,
      "fields": [
        {
          "fieldName": "Pr\u00e9nom",
          "slug": "first_name",
          "value": "L\u00e9a"
        },
        {
          "fieldName": "Nom",
          "slug": "surname",
          "value": "Martin"
        },
        {
          "fieldName": "T\u00e9l\u00e9phone",
          "slug": "phone_number",
          "value": null
        }
      ],
      "tags": [
        {
          "id": 1758301,
          "name": "Newsletter"
        }
      ]
    }
  },
  "tag": {
    "id": 1758324,
    "name": "\u00c9l\u00e8ve"
  }
}
```
"#
    };
    (ContactOptIn) => {
        r#"# Sample body

`CONTACT_OPT_IN`:

```json
{
  "contact": {
    "id": 445120981,
    "email": "lea.martin@example.com",
    "registeredAt": "2026-03-02T09:14:05+00:00",
    "locale": "fr",
    "sourceURL": null,
    "unsubscribed": false,
    "bounced": false,
    "needsConfirmation": false,
    "fields": [],
    "tags": []
  }
}
```
"#
    };
    (SaleNew) => {
        r#"# Sample body

`SALE_NEW`:

```json
{
  "customer": {
    "id": 12799412,
    "clientIp": "2001:db8::5c4d",
    "contactId": 445120981,
    "email": "lea.martin@example.com",
    "fields": {
      "first_name": "L\u00e9a",
      "surname": "Martin",
      "country": "FR",
      "postcode": "75011",
      "city": ""
    },
    "paymentProcessor": "stripe",
    "sourceUrl": "https:\/\/atelier-lea.example\/commande"
  },
  "coupon": {
    "innerName": "Rentr\u00e9e",
    "code": "RENTREE26",
    "discountAmount": 500,
    "discountType": "fixed",
    "expirationDate": "2026-10-31T22:59:59+00:00",
    "limitOfUse": 100
  },
  "funnelStep": {
    "id": 25610977,
    "name": "Bon de commande",
    "type": "offer-form",
    "funnel": {
      "id": 7648512,
      "name": "Atelier d'\u00e9criture"
    }
  },
  "checkoutPage": null,
  "order": {
    "id": 12768940,
    "createdAt": "2026-09-28T07:41:12+00:00",
    "discountAmount": null,
    "discountType": null,
    "shippingFee": null,
    "totalPrice": 4200,
    "vat": 0.0
  },
  "orderItem": {
    "createdAt": "2026-09-28T07:41:12+00:00",
    "id": 15460871,
    "resources": [
      {
        "course": null,
        "courseBundle": null,
        "enrollmentAccessType": null,
        "enrollmentDrippingAccessCourse": null,
        "physicalProduct": {
          "id": 170501,
          "name": "Carnet",
          "options": []
        },
        "tag": null
      },
      {
        "course": null,
        "courseBundle": null,
        "enrollmentAccessType": null,
        "enrollmentDrippingAccessCourse": null,
        "physicalProduct": null,
        "tag": {
          "id": 1758400,
          "name": "Acheteur"
        }
      }
    ]
  },
  "pricePlan": {
    "id": 3456911,
    "name": "Atelier (3 mois)",
    "type": "subscription",
    "amount": 4700,
    "currency": "eur",
    "innerName": "atelier-3m",
    "recurringOptions": {
      "interval": "month",
      "intervalCount": 1,
      "trialPeriod": 0,
      "trialInterval": "day",
      "limitOfPayments": 3
    },
    "statementDescriptor": "ATELIER LEA"
  }
}
```
"#
    };
    (SaleCanceled) => {
        r#"# Sample body

`SALE_CANCELED`:

```json
{
  "customer": {
    "id": 12799412,
    "clientIp": "2001:db8::5c4d",
    "contactId": 445120981,
    "email": "lea.martin@example.com",
    "fields": {
      "first_name": "L\u00e9a",
      "surname": "Martin",
      "country": "FR",
      "postcode": "75011",
      "city": ""
    },
    "paymentProcessor": "stripe",
    "sourceUrl": "https:\/\/atelier-lea.example\/commande"
  },
  "coupon": {
    "innerName": "Rentr\u00e9e",
    "code": "RENTREE26",
    "discountAmount": 500,
    "discountType": "fixed",
    "expirationDate": "2026-10-31T22:59:59+00:00",
    "limitOfUse": 100
  },
  "funnelStep": {
    "id": 25610977,
    "name": "Bon de commande",
    "type": "offer-form",
    "funnel": {
      "id": 7648512,
      "name": "Atelier d'\u00e9criture"
    }
  },
  "checkoutPage": null,
  "order": {
    "id": 12768940,
    "createdAt": "2026-09-28T07:41:12+00:00",
    "discountAmount": null,
    "discountType": null,
    "shippingFee": null,
    "totalPrice": 4200,
    "vat": 0.0
  },
  "orderItem": {
    "createdAt": "2026-09-28T07:41:12+00:00",
    "id": 15460871,
    "resources": [
      {
        "course": null,
        "courseBundle": null,
        "enrollmentAccessType": null,
        "enrollmentDrippingAccessCourse": null,
        "physicalProduct": {
          "id": 170501,
          "name": "Carnet",
          "options": []
        },
        "tag": null
      },
      {
        "course": null,
        "courseBundle": null,
        "enrollmentAccessType": null,
        "enrollmentDrippingAccessCourse": null,
        "physicalProduct": null,
        "tag": {
          "id": 1758400,
          "name": "Acheteur"
        }
      }
    ]
  },
  "pricePlan": {
    "id": 3456911,
    "name": "Atelier (3 mois)",
    "type": "subscription",
    "amount": 4700,
    "currency": "eur",
    "innerName": "atelier-3m",
    "recurringOptions": {
      "interval": "month",
      "intervalCount": 1,
      "trialPeriod": 0,
      "trialInterval": "day",
      "limitOfPayments": 3
    },
    "statementDescriptor": "ATELIER LEA"
  }
}
```
"#
    };
    // An event that is new.
    ($payload:ident) => {
        ""
    };
}
